/** The `reformer` command as a stranger gets it: installed globally from tarballs, run in an empty folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, run } from "./folders.mjs";

export async function command(tarballs) {
  const prefix = freshFolder("prefix");
  await run("npm", [
    "install",
    "--global",
    "--prefix",
    prefix,
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    ...Object.values(tarballs).map((path) => path.replace("file:", "")),
  ]);
  const cwd = freshFolder("empty");
  const reformer = join(prefix, "bin", process.platform === "win32" ? "reformer.cmd" : "reformer");
  await run(reformer, ["train", "--config", "debug", "--backend", "wasm", "--run", "first"], { cwd });
  const made = ["run.json", "metrics.jsonl"].filter((file) => existsSync(join(cwd, "first", file)));
  if (made.length !== 2) throw new Error(`train left ${made} only`);
  await run(reformer, ["generate", "first", "--prompt", "The ", "--tokens", "16", "--backend", "wasm"], {
    cwd,
  });
  return "train and generate";
}
