/**
 * `pnpm bench:ranks [steps]`: tokens a second with one process and with two on this machine, and what that means for many machines,
 * written into docs/many-machines.md.
 *
 * What is measured: a step's seconds, the seconds in which nothing was done but wait for others, the bytes of all gradients. What
 * is assumed stands beside the modelled table.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [steps = "14"] = process.argv.slice(2);
const command = fileURLToPath(new URL("../apps/trainer/bin/reformer.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "reformer-ranks-"));
const settings = {
  layers: "local,lsh,local,lsh,local,lsh",
  "d-model": 256,
  "d-ff": 512,
  "num-heads": 2,
  "d-head": 64,
  "chunk-length": 64,
  "max-length": 4096,
  "axial-shape": "64,64",
  "axial-dims": "64,192",
  length: 4096,
  batch: 1,
};

const one = measure(1);
const two = measure(2);
rmSync(folder, { recursive: true, force: true });

/** Stated, not measured: a cluster's network, and how far backward passes of equal work drift apart. */
const networks = [
  { name: "10 GbE", gigabits: 10, latency: 30e-6 },
  { name: "100 Gb/s, RDMA", gigabits: 100, latency: 3e-6 },
];
/** Of a step, what comes after the first gradient: two thirds are backward, of which all but the last layers' share can hide sums. */
const overlap = 0.5;
const bytes = one.parameters * 4;

const section = `## Scaling

Written by \`npm run bench:ranks\`: ${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, ${one.backend}, ${steps} steps of
${Object.entries(settings)
  .map(([key, value]) => `${key} ${value}`)
  .join(", ")}; each process bound to one core. The median step counts.

| processes | windows in a step | seconds a step | of them waiting | tokens/s | efficiency |
| --- | --- | --- | --- | --- | --- |
${[one, two].map(measuredRow).join("\n")}

Two processes here share memory, caches and the machine's power; one machine each would not.

**Modelled, not measured**, from ${one.seconds.toFixed(3)} s for a step of one process and ${(bytes / 1e6).toFixed(1)} MB of gradients. Assumed: one process a machine, equal machines
that never wait for a slower one; a ring all-reduce, which sends 2 (N - 1) / N of the gradients through each machine's link in 2 (N - 1) messages
for each MB that is sent together; ${networks.map(({ name, gigabits, latency }) => `${name} with all of its ${gigabits} Gb/s and ${latency * 1e6} µs a message`).join(", ")}; and that ${percent(overlap)} of a step, in its
backward pass, can hide sums. A real cluster's all-reduce has trees where rings are slow, and stragglers, which cost more than either.

| processes | ${networks.map(({ name }) => `${name}: seconds to sum | efficiency`).join(" | ")} |
| --- |${" --- | --- |".repeat(networks.length)}
${[2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map(modelledRow).join("\n")}
`;
const page = fileURLToPath(new URL("../docs/many-machines.md", import.meta.url));
const before = readFileSync(page, "utf8");
writeFileSync(page, before.slice(0, before.indexOf("## Scaling")) + section);
console.log(section);

function measuredRow({ ranks, seconds, waited, tokensPerSecond }) {
  const efficiency = tokensPerSecond / (ranks * one.tokensPerSecond);
  return `| ${ranks} | ${ranks} | ${seconds.toFixed(3)} | ${waited.toFixed(3)} | ${Math.round(tokensPerSecond)} | ${percent(efficiency)} |`;
}

function modelledRow(ranks) {
  const cells = networks.flatMap(({ gigabits, latency }) => {
    const messages = 2 * (ranks - 1) * Math.max(1, Math.ceil(bytes / (1 << 20)));
    const seconds = ((2 * (ranks - 1)) / ranks) * (bytes / ((gigabits * 1e9) / 8)) + messages * latency;
    const exposed = Math.max(0, seconds - overlap * one.seconds);
    return [seconds.toFixed(4), percent(one.seconds / (one.seconds + exposed))];
  });
  return `| ${ranks} | ${cells.join(" | ")} |`;
}

function measure(ranks) {
  const run = join(folder, String(ranks));
  const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const launcher = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "core", "-np", String(ranks)];
  const quick =
    "--evaluate-every 0 --sample-every 0 --checkpoint-every 0 --held-out 0.004 --schedule constant".split(
      " ",
    );
  const args = [process.execPath, command, "train", ...flags, ...quick, "--steps", steps, "--run", run];
  const { status, stderr } = spawnSync("mpirun", [...launcher, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const timed = lines.filter((line) => "train/loss" in line).slice(3);
  const tokens = ranks * settings.batch * settings.length;
  const seconds = median(timed.map((line) => tokens / line.tokensPerSecond));
  const [, parameters] = /([\d,]+) parameters/.exec(stderr);
  return {
    ranks,
    backend: /^backend +(.*?)(?: \(|$)/m.exec(stderr)?.[1],
    seconds,
    waited: median(timed.map((line) => line.waited ?? 0)),
    tokensPerSecond: tokens / seconds,
    parameters: Number(parameters.replaceAll(",", "")),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function percent(share) {
  return `${Math.round(100 * share)}%`;
}
