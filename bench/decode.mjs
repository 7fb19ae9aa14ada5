/**
 * How fast a model writes after prompts of several lengths, beside transformers' cached `generate` on the same machine,
 * one after the other for each length. Prints tables; `--write` puts them into docs/decoding.md.
 *
 *     node bench/decode.mjs [--lengths 1024,4096] [--python PYTHON] [--backend NAME] [--rounds 3] [--write]
 *
 * PYTHON has torch and transformers (`bench/peers` makes one); without it, transformers is left out. Needs `pnpm build`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    lengths: { type: "string", default: "1024,4096,16384,65536,262144" },
    python: { type: "string", default: join(homedir(), ".cache/reformer-ts/peers/torch/bin/python") },
    backend: { type: "string", default: "auto" },
    rounds: { type: "string", default: "3" },
    write: { type: "boolean", default: false },
  },
});
const lengths = flags.lengths.split(",").map(Number);
const rounds = Number(flags.rounds);
const hasPeer = existsSync(flags.python);
/** transformers reads 65,536 tokens in a minute; beyond that it is not asked. */
const peerLimit = 65_536;

const ours = (spec) =>
  run(process.execPath, [
    join(root, "apps/trainer/dist/bench-decode.js"),
    JSON.stringify({ backend: flags.backend, tokens: 2048, sequences: 1, routing: "classic", ...spec }),
  ]);
const theirs = (length) => {
  const tokens = Math.max(9, Math.min(257, Math.floor(262_144 / length)));
  return run(flags.python, [join(root, "bench/decode/generate.py"), String(length), String(tokens)]);
};

function run(program, words) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const printed = execFileSync(program, words, {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(printed.trim().split("\n").at(-1));
}

const rows = lengths.map((length) => {
  const [mine, peer, strict] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    mine.push(ours({ length }));
    // It takes a minute to read a long prompt, so it reads one once.
    if (hasPeer && length <= peerLimit && (round === 0 || length <= 16_384)) peer.push(theirs(length));
    strict.push(ours({ length, routing: "strict" }));
  }
  const row = { length, mine: median(mine), strict: median(strict), peer: peer.length ? median(peer) : null };
  process.stderr.write(`${line(row)}\n`);
  return row;
});

function median(results) {
  return results.toSorted((a, b) => a.tokensPerSecond - b.tokensPerSecond)[results.length >> 1];
}

function line({ length, mine, strict, peer }) {
  const cells = [
    count(length),
    count(mine.tokensPerSecond),
    count(strict.tokensPerSecond),
    peer === null ? "not asked" : peer.tokensPerSecond.toPrecision(3),
    peer === null ? "" : `${(mine.tokensPerSecond / peer.tokensPerSecond).toPrecision(3)}x`,
    mine.secondsReading.toFixed(1),
    `${count(mine.cacheBytes / 1e6)} MB`,
    `${count(mine.peakBytes / 1e6)} MB`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function count(value) {
  return Math.round(value).toLocaleString("en");
}

const batches = [1, 4, 16].map((sequences) => {
  const { tokensPerSecond, cacheBytes } = ours({ length: 1024, sequences, tokens: 1024 });
  return `| ${sequences} | ${count(tokensPerSecond)} | ${count(cacheBytes / 1e6)} MB |`;
});

const rates = rows.map(({ mine }) => mine.tokensPerSecond);
const spread = Math.round((1 - Math.min(...rates) / Math.max(...rates)) * 100);
const page = [
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.versions.node}, \`node bench/decode.mjs\`; the median of ${rounds}, of transformers after 65,536 a single one.`,
  "",
  "| prompt | tokens per second | strict routing | transformers | ratio | seconds to read the prompt | cache | peak of the process |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
  ...rows.map(line),
  "",
  `The slowest is ${spread}% below the fastest.`,
  "",
  "Several sequences at once, after 1,024 tokens each:",
  "",
  "| sequences | tokens per second, together | cache |",
  "| --- | --- | --- |",
  ...batches,
].join("\n");
process.stdout.write(`${page}\n`);
if (flags.write) {
  const path = join(root, "docs/decoding.md");
  const [before, , after] = readFileSync(path, "utf8").split(/<!-- speed -->|<!-- end of speed -->/);
  writeFileSync(path, `${before}<!-- speed -->\n\n${page}\n\n<!-- end of speed -->${after}`);
}
