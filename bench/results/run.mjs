/**
 * `npm run bench:results -- EXPERIMENT [FILE OR FOLDER]`: trains what is missing of an experiment, then writes docs/results.md anew. Stopped
 * at any time, it goes on after the last finished training.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../peers/environments.mjs";
import { writePage } from "./page.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const experiments = {
  duplication:
    "the paper's table 2: one layer that learns to copy with one attention, asked with every other",
  text: "LSH of 1 to 8 rounds against full attention, shared and separate, reversible and not, on a novel",
  images: "the same on emoji of 16 x 16; FOLDER is where `npm install emoji-datasource-google` was run",
  completions: "pictures of which the playground's painter sees the upper half, with the bits of the rest",
  transformers:
    "this package and transformers from the same weights and batches, on a novel or on the text FILE",
  page: "only the page, from what was measured",
};
const [name, given] = process.argv.slice(2);
if (!Object.hasOwn(experiments, name ?? "")) {
  const list = Object.entries(experiments).map(([key, what]) => `  ${key.padEnd(13)} ${what}`);
  stop(`Experiments are:\n${list.join("\n")}`);
}
const at = name === "images" || name === "transformers" ? (given ?? "") : "";
if (at !== "" && !existsSync(at)) stop(`${at}: there is no such ${name === "images" ? "folder" : "file"}.`);
if (name === "images" && !existsSync(join(at || root, "node_modules/emoji-datasource-google")))
  stop("images takes the folder in which `npm install emoji-datasource-google` was run.");
if (name !== "page") {
  const { status } = spawnSync(
    "npx",
    ["--no-install", "vitest", "run", "--config", "bench/results/vitest.config.ts"],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        REFORMER_EXPERIMENT: [name, at && resolve(at)].filter(Boolean).join(" "),
        ...(name === "transformers" && {
          REFORMER_PYTHON: process.env.REFORMER_PYTHON ?? pythonOf("torch"),
        }),
      },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
writePage();

function stop(sentence) {
  console.error(sentence);
  process.exit(2);
}
