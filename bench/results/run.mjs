/**
 * `npm run bench:results -- EXPERIMENT [SETTING]`: trains what is missing of an experiment, then writes docs/results.md anew. Stopped
 * at any time, it goes on after the last finished training.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writePage } from "./page.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const experiments = {
  duplication: "the paper's table 2; settings: tiny, small, paper",
  attention: "LSH of 1 to 8 rounds against full attention, on a novel",
  reversible: "reversible layers against ordinary residuals, on a novel",
  page: "only the page, from what was measured",
};
const [name, ...settings] = process.argv.slice(2);
if (!Object.hasOwn(experiments, name ?? "")) {
  console.error(
    `Experiments are:\n${Object.entries(experiments)
      .map(([key, what]) => `  ${key.padEnd(12)} ${what}`)
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
