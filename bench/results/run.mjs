/**
 * `npm run bench:results -- EXPERIMENT [SETTING, FILE OR FOLDER]`: trains what is missing of an experiment, then writes docs/results.md anew. Stopped
 * at any time, it goes on after the last finished training.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writePage } from "./page.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const experiments = {
  duplication: "the paper's table 2; settings: tiny, small, paper",
  text: "LSH of 1 to 8 rounds against full attention, shared and separate, reversible and not, on a novel",
  images: "the same on emoji of 16 x 16; FOLDER is where `npm install emoji-datasource-google` was run",
  transformers:
    "this package and transformers from the same weights and batches, on a novel or on the text FILE",
  page: "only the page, from what was measured",
};
const [name, ...settings] = process.argv.slice(2);
if (!Object.hasOwn(experiments, name ?? "")) {
  console.error(
    `Experiments are:\n${Object.entries(experiments)
      .map(([key, what]) => `  ${key.padEnd(13)} ${what}`)
      .join("\n")}`,
  );
  process.exit(2);
}
if (name !== "page") {
  const { status } = spawnSync(
    "npx",
    ["--no-install", "vitest", "run", "--config", "bench/results/vitest.config.ts"],
    {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, REFORMER_EXPERIMENT: [name, ...settings].join(" ") },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
writePage();
