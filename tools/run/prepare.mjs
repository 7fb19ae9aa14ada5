import { join } from "node:path";
import { parseArgs } from "node:util";
import { pnpm, root, run, step } from "./process.mjs";

export const reformer = join(root, "apps/trainer/bin/reformer.mjs");

/** The value of `--name value` or `--name=value` among the words of a command line. */
export function flag(words, name) {
  const options = { [name]: { type: "string" } };
  return parseArgs({ args: words, options, strict: false }).values[name];
}

/**
 * Installs, builds, and prepares the best backend there can be. Where TensorFlow cannot be had, all goes on with WASM.
 *
 * @param words of a command line; TensorFlow is not brought when they ask for another backend
 * @returns null when installing or building failed, else whether TensorFlow is ready
 */
export async function prepare(words = []) {
  const built =
    (await step("install", () => pnpm("install", "--frozen-lockfile"))) &&
    (await step("build", () => pnpm("run", "build")));
  if (!built) return null;
  const asked = flag(words, "backend") ?? "auto";
  if (asked !== "auto" && !asked.startsWith("tensorflow")) return { tensorflow: false };
  const gpu = asked === "tensorflow-gpu" ? ["--gpu"] : [];
  const bring = () => run(process.execPath, [reformer, "backend", "install", ...gpu]);
  const tensorflow = await step("prepare TensorFlow", bring);
  if (!tensorflow) console.error("── going on without TensorFlow: WASM computes instead");
  return { tensorflow };
}
