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

const folder = mkdtempSync(join(tmpdir(), "reformer-routing-"));
const rows = variants.map(({ name, ...flags }, i) => {
  const run = join(folder, String(i));
  const words = Object.entries({ ...settings, ...flags, run }).flatMap(([flag, value]) => [
    `--${flag}`,
    String(value),
  ]);
  execFileSync(process.execPath, [reformer, "train", ...words], { stdio: ["ignore", "ignore", "inherit"] });
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const rates = lines.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []).toSorted((a, b) => a - b);
  const losses = lines.flatMap((line) => line["train/bitsPerByte"] ?? []);
  const last = losses.slice(-20);
  const train = last.reduce((a, b) => a + b, 0) / last.length;
  return `| ${name} | ${Math.round(rates[rates.length >> 1])} | ${train.toFixed(3)} | ${heldOut(lines).toFixed(3)} |`;
});
rmSync(folder, { recursive: true, force: true });

function heldOut(lines) {
  return lines.flatMap((line) => line["heldOut/bitsPerByte"] ?? []).at(-1);
}

const table = [
  `Three LSH layers of the \`demo\` preset, 2 rounds, ${settings.steps} steps of ${settings.length} bytes of *Crime and Punishment*.`,
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.versions.node}, \`node bench/routing.mjs\`.`,
  "",
  "| routing | tokens per second (median) | bits per byte, last 20 steps | held out |",
  "| --- | --- | --- | --- |",
  ...rows,
].join("\n");
console.log(table);
if (process.argv.includes("--write")) {
  const path = join(root, "docs/routing.md");
  const page = readFileSync(path, "utf8");
  const [before] = page.split("<!-- measured -->");
  writeFileSync(path, `${before}<!-- measured -->\n\n${table}\n`);
}
