/**
 * Measures what docs/performance.md shows, each figure in a process of its own, and keeps it under data/. Needs `pnpm build`.
 *
 *     node bench/performance/measure.mjs EXPERIMENT [ROW…]
 *
 * Without rows, all of the experiment. `node bench/performance/page.mjs` writes the page.
 */
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runContestant } from "../peers/run-contestant.mjs";
import { experiments } from "./experiments.mjs";
import { machine } from "./facts.mjs";

const [name, ...rows] = process.argv.slice(2);
if (!Object.hasOwn(experiments, name ?? "")) {
  console.error(`Experiments are ${Object.keys(experiments).join(", ")}.`);
  process.exit(2);
}
const program = fileURLToPath(new URL("../../apps/trainer/dist/bench-step.js", import.meta.url));
const file = new URL(`data/${name}.jsonl`, import.meta.url);
for (const [row, spec] of experiments[name]) {
  if (rows.length > 0 && !rows.includes(row)) continue;
  const result = await runContestant([process.execPath, program, JSON.stringify(spec)], { minutes: 15 });
  appendFileSync(file, `${JSON.stringify({ row, ...spec, ...result, ...machine() })}\n`);
  const { clock: _, watch: __, ...figures } = result;
  console.log(row, JSON.stringify(figures));
}
