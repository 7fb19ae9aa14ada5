/**
 * What strictly causal routing costs in time, and what it does to the loss, beside classic routing: the same model,
 * data, seed and steps. Prints a table; `node bench/routing.mjs --write` puts it into docs/routing.md.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const reformer = join(root, "apps/trainer/bin/reformer.mjs");
const settings = {
  config: "demo",
  layers: "lsh,lsh,lsh",
  "max-length": 2048,
  length: 2048,
  steps: 150,
  "num-hashes": 2,
  "evaluate-every": 0,
  "sample-every": 0,
  "checkpoint-every": 0,
};
const variants = [
  { name: "classic", routing: "classic" },
  { name: "strict", routing: "strict" },
  { name: "strict, a quarter of the buckets", routing: "strict", "num-buckets": 64 },
];

const turns = 4;
const folder = mkdtempSync(join(tmpdir(), "reformer-routing-"));
let runs = 0;

/** Trains one variant; returns the lines of its metrics. */
function train(variant, overrides = {}) {
  const { name: _, ...flags } = variant;
  const run = join(folder, String(runs++));
  const words = Object.entries({ ...settings, ...flags, ...overrides, run }).flatMap(([flag, value]) => [
    `--${flag}`,
    String(value),
  ]);
  execFileSync(process.execPath, [reformer, "train", ...words], { stdio: ["ignore", "ignore", "inherit"] });
  return readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const ratesOf = (lines) => lines.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []);

// Time: short runs in turn, so that whatever else the machine does slows all variants alike.
const rates = variants.map(() => []);
for (let turn = 0; turn < turns; turn++) {
  variants.forEach((variant, i) =>
    rates[i].push(...ratesOf(train(variant, { steps: 20, "held-out": 0.002 })).slice(2)),
  );
}
const rows = variants.map((variant, i) => {
  const lines = train(variant);
  const last = lines.flatMap((line) => line["train/bitsPerByte"] ?? []).slice(-20);
  const mean = last.reduce((a, b) => a + b, 0) / last.length;
  const heldOut = lines.flatMap((line) => line["heldOut/bitsPerByte"] ?? []).at(-1);
  const rate = median(rates[i]);
  return `| ${variant.name} | ${Math.round(rate)} | ${(rate / median(rates[0])).toFixed(2)} | ${mean.toFixed(3)} | ${heldOut.toFixed(3)} |`;
});
rmSync(folder, { recursive: true, force: true });

const table = [
  `Three LSH layers of the \`demo\` preset, 2 rounds, ${settings.steps} steps of ${settings.length} bytes of *Crime and Punishment*.`,
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.versions.node}, \`node bench/routing.mjs\`.`,
  "",
  `Speed: the median of ${turns} runs of 20 steps each, in turn; where other work shares the machine the ratio holds, not the rate.`,
  "",
  "| routing | tokens per second | of classic | bits per byte, last 20 steps | held out |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
].join("\n");
console.log(table);
if (process.argv.includes("--write")) {
  const path = join(root, "docs/routing.md");
  const page = readFileSync(path, "utf8");
  const [before] = page.split("<!-- measured -->");
  writeFileSync(path, `${before}<!-- measured -->\n\n${table}\n`);
}
