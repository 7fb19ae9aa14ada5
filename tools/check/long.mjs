/**
 * `pnpm check:long`: one training step of 1,048,576 tokens in a process of its own, whose resident memory is watched from
 * outside; then a text of some millions of bytes is scored in one window by the model that came of it.
 *
 *     node tools/check/long.mjs [--tokens N] [--limit GB] [--text file] [--corpus file]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: String(2 ** 20) },
    limit: { type: "string", default: "8" },
    text: { type: "string" },
    corpus: { type: "string" },
  },
});
const tokens = Number(values.tokens);
const limit = Number(values.limit);
const root = fileURLToPath(new URL("../..", import.meta.url));
const command = join(root, "apps/trainer/bin/reformer.mjs");
const folder = mkdtempSync(join(tmpdir(), "reformer-long-"));
const failures = [];

const book = gunzipSync(readFileSync(join(root, "apps/trainer/assets/crime-and-punishment.txt.gz")));
const corpus = values.corpus ?? repeated("corpus.txt", Math.ceil((2 * tokens) / book.length));
const text = values.text ?? repeated("text.txt", 3);
const window = statSync(text).size;
const run = join(folder, "run");
writeFileSync(join(folder, "config.json"), JSON.stringify(config()));

console.log(`one step of ${tokens.toLocaleString("en")} tokens`);
const trained = await watched(["train", "--config", join(folder, "config.json"), "--run", run]);
check(`the step ends with code ${trained.code}`, trained.code === 0);
if (trained.code === 0) {
  const step = JSON.parse(
    readFileSync(join(run, "metrics.jsonl"), "utf8")
      .split("\n")
      .find((line) => line.includes("train/loss")),
  );
  const [loss, rate] = [step["train/loss"], step["tokensPerSecond"]];
  check(`its loss is ${loss.toFixed(4)} nats a token, ${rate.toFixed(0)} tokens/s`, Number.isFinite(loss));
}
check(`resident memory at most ${trained.peak.toFixed(2)} GB, allowed ${limit}`, trained.peak <= limit);

if (trained.code === 0) {
  console.log(`\n${window.toLocaleString("en")} bytes in one window`);
  const scored = await watched(["score", text, "--checkpoint", run, "--length", String(window), "--json"]);
  const bits = scored.code === 0 ? JSON.parse(scored.out).bitsPerByte : Number.NaN;
  check(`${bits.toFixed(4)} bits per byte, at most ${scored.peak.toFixed(2)} GB`, Number.isFinite(bits));
}

rmSync(folder, { recursive: true, force: true });
console.log(failures.length === 0 ? "\nAll is well." : `\nFAILED: ${failures.join("; ")}`);
process.exit(failures.length === 0 ? 0 : 1);

/** The shape of google/reformer-crime-and-punishment, with positions for the longer of the two sequences. */
function config() {
  const rows = Math.ceil(Math.max(tokens, window) / 2048);
  return {
    model: {
      vocabSize: 320,
      dModel: 256,
      dFF: 512,
      numHeads: 2,
      dHead: 64,
      layers: ["local", "lsh", "local", "lsh", "local", "lsh"],
      chunkLength: 64,
      numHashes: 1,
      maxLength: rows * 2048,
      axialShape: [rows, 2048],
      axialDims: [64, 192],
    },
    training: { steps: 1, batch: 1, length: tokens, memory: "min", evaluateEvery: 0, sampleEvery: 0 },
    data: { corpus, heldOut: 0.01 },
  };
}

function repeated(name, times) {
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat(Array.from({ length: times }, () => book)));
  return file;
}

/** Runs the command, and prints every ten seconds what it holds. Peaks are looked at five times a second, and asked of Linux. */
async function watched(words) {
  const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err, peak] = ["", "", 0];
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  const began = performance.now();
  let printed = 0;
  const look = () => {
    const { now, most } = residentOf(child.pid);
    peak = Math.max(peak, most);
    const seconds = (performance.now() - began) / 1000;
    if (seconds < printed) return;
    printed += 10;
    console.log(
      `  ${seconds.toFixed(0).padStart(5)} s  ${now.toFixed(2)} GB  ${"▆".repeat(Math.round(now * 8))}`,
    );
  };
  const timer = setInterval(look, 200);
  const code = await new Promise((resolve) =>
    child.once("close", (given, signal) => resolve(given ?? signal)),
  );
  clearInterval(timer);
  if (code !== 0) console.log(err.split("\n").slice(-5).join("\n"));
  return { code, out, peak };
}

/** Resident memory of a process, now and at its most, in GB of 10^9 bytes; nothing once it is gone. */
function residentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const read = (field) => (Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1e9;
    return { now: read("VmRSS"), most: read("VmHWM") };
  } catch {
    return { now: 0, most: 0 };
  }
}

function check(what, holds) {
  console.log(`${holds ? "✓" : "✗"} ${what}`);
  if (!holds) failures.push(what);
}
