/** docs/performance.md and its figures, from the files under data/ and nothing else: `node bench/performance/page.mjs`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { peersTable, versionsOf } from "../peers/table.mjs";
import { curves } from "../results/curves.mjs";
import { count, gigabytes, median, readLines } from "./facts.mjs";
import { operations } from "./operations.mjs";

const docs = new URL("../../docs/", import.meta.url);
const data = (name) => readLines(fileURLToPath(new URL(`data/${name}.jsonl`, import.meta.url)));

const sections = [
  peers(),
  ladder(),
  million(),
  depth(),
  rounds(),
  figure(),
  operations(data("operations"), matMulRate()),
  versions(),
];
writeFileSync(
  new URL("performance.md", docs),
  `# Performance

Training steps, measured. One step is forward, backward and Adam on one window, and everything is of one model unless it says otherwise: the
shape of \`google/reformer-crime-and-punishment\`, 6 layers of local and LSH attention in turn, dModel 256, 2 heads of 64, dFF 512, chunk
64, 1 hash round, axial positions, vocabulary 320, batch 1. TensorFlow 2.21 under tfjs-node with the native kernels. This page is written by
\`node bench/performance/page.mjs\` from \`bench/performance/data\`; the command under each heading measured what it shows, on the machine
and day named there. For your own machine: \`reformer bench\`.

${sections.filter(Boolean).join("\n\n")}
`,
);

/** The command, the machine and the day of results. */
function measuredBy(command, results) {
  const [{ date, machine, node }] = results.slice(-1);
  return `\`${command}\`; ${date}, ${machine}, Node ${node}.`;
}

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Each row's fastest repetition, in the order of their first appearance: other programs' noise slows, and never speeds. */
function rowsOf(name) {
  const all = data(name);
  return [...new Set(all.map(({ row }) => row))].map((row) => {
    const found = all.filter((result) => result.row === row);
    return (
      found.filter(measured).toSorted((a, b) => b.tokensPerSecond - a.tokensPerSecond)[0] ?? found.at(-1)
    );
  });
}

function measured(row) {
  return row.tokensPerSecond !== undefined;
}

/** The machine's rate is the highest that any of the processes measured. */
function matMulRate() {
  const all = ["ladder", "depth", "rounds", "operations", "versions", "million"].flatMap(data);
  return Math.max(...all.map(({ matMulGigaflops = 0 }) => matMulGigaflops));
}

function share({ gigaflops }) {
  return `${Math.round((100 * gigaflops) / matMulRate())}%`;
}

function peers() {
  const results = data("peers");
  if (results.length === 0) return undefined;
  return `## Beside the other Reformers

Tokens per second, with the peak of the process in memory and how many times as fast we are.

${peersTable(results)}

${measuredBy("pnpm bench:peers", results)} ${versionsOf(results)}. All in turn, one process at a time with all of the machine's cores; of each one's rounds the
fastest counts, by the median of its steps, because other programs' noise slows and never speeds; at 262,144 each round is a single step, and we keep to 8 GB, so that half of the layers are computed twice. Every peer has the settings that were fastest here: transformers and reformer-pytorch with
PyTorch's fused Adam and whole feed-forward layers, reformer-pytorch with one local and one LSH head in each layer because its kinds of
attention alternate by head, Trax compiled whole by \`jax.jit\`, whose minute of compiling does not count. transformers trains only
lengths that fill its position table. No dropout anywhere.`;
}

function ladder() {
  const rows = [...rowsOf("ladder").map(withPeers), ...rowsOf("million")].toSorted(
    (a, b) => a.length - b.length,
  );
  const base = rows.find(({ length }) => length === 4096);
  if (!base) return undefined;
  return `## From 4,096 tokens to millions

${table(
  [
    "length",
    "tokens per second",
    "cost of a token against 4,096",
    "of the matMul rate",
    "peak of the process",
    "peak of tensors",
    "layers kept",
  ],
  rows.map((row) =>
    measured(row)
      ? [
          count(row.length),
          `${count(row.tokensPerSecond)}${row.shared ? " (shared)" : ""}`,
          `${(base.tokensPerSecond / row.tokensPerSecond).toFixed(2)}x`,
          share(row),
          gigabytes(row.peakBytes),
          gigabytes(row.tensorBytes),
          `${row.keepLayers} of ${row.depth}${row.headByHead ? ", head by head" : ""}`,
        ]
      : [count(row.length), row.refused ?? row.failed, "", "", "", "", ""],
  ),
)}

${measuredBy("node bench/performance/measure.mjs ladder", rows)} Where it says _shared_, other programs computed on
the same cores all the while: memory is as it is, speed is too low. Each row is the fastest of its repetitions, those of the comparison above included. Up to a million tokens with at most 8 GB: layers whose activations
fit are kept, the rest is computed again in the backward pass, which costs about a quarter more. Beyond, \`--memory min\`. The matMul rate is
that of 1024 x 1024 matrices, the highest that any of these processes measured (${Math.round(matMulRate())} GFLOP/s); the share counts the products that a step cannot do without, and nothing twice.`;
}

/** The comparison with peers measures the same step once more: whichever was less disturbed counts. */
function withPeers(row) {
  if (!measured(row)) return row;
  const again = data("peers").filter(
    ({ name, length, seconds }) => name === "reformer-ts" && length === row.length && seconds,
  );
  const tokensPerSecond = Math.max(
    row.tokensPerSecond,
    ...again.map(({ length, seconds }) => length / median(seconds)),
  );
  return { ...row, tokensPerSecond, gigaflops: (row.gigaflops * tokensPerSecond) / row.tokensPerSecond };
}

function million() {
  const row = rowsOf("million")[0];
  if (!row?.watch) return undefined;
  const { samples, marks } = row.watch;
  const [[from], [to]] = [marks[0], marks.at(-1)];
  const points = samples
    .filter(([time]) => time <= to + 1)
    .map(([time, bytes]) => [time - from, bytes / 1e9]);
  draw("million.svg", {
    title: "One step of 1,048,576 tokens: memory of the process",
    x: "seconds from the beginning of the step",
    y: "GB",
    lines: [
      { name: "process", points },
      {
        name: "8 GB",
        points: [
          [0, 8],
          [points.at(-1)[0], 8],
        ],
      },
    ],
  });
  const heldAt = (time) =>
    Math.max(...samples.filter(([at]) => Math.abs(at - time) < 0.5).map(([, bytes]) => bytes));
  const log = marks.map(
    ([time, what]) =>
      `${(time - from).toFixed(1).padStart(6)} s  ${gigabytes(heldAt(time)).padStart(8)}  ${what}`,
  );
  return `## A million tokens, step by step

The process at its peak: **${gigabytes(row.peakBytes)}**. ${count(row.tokensPerSecond)} tokens per second${row.shared ? " beside other programs on the same cores" : ""}, loss ${row.losses[0].toFixed(4)} nats (an untrained model's is ln 320 = 5.77).

![Memory of the process over one step](figures/million.svg)

\`\`\`
${log.join("\n")}
\`\`\`

${measuredBy("node bench/performance/measure.mjs million", [row])} \`--memory 8GB\`; the memory was looked at every tenth of a second by another thread. Until the
first gradients are known the step goes forward; a layer's gradients move its parameters at once and are let go.`;
}

function depth() {
  const rows = rowsOf("depth");
  if (rows.length === 0) return undefined;
  // Of the parameters' gradients, only a layer's own exist at a time; moments and parameters are there before the step.
  const aside = (row) => row.tensorBytes - row.parameterBytes;
  return `## Depth costs no activations

${table(
  [
    "layers",
    "parameters",
    "parameters and moments",
    "all else at the peak of a step",
    "against 6 layers",
    "peak of the process",
  ],
  rows.map((row) => [
    count(row.depth),
    count(row.parameterBytes / 12),
    gigabytes(row.parameterBytes),
    `${(aside(row) / 1e6).toFixed(1)} MB`,
    `${(100 * (aside(row) / aside(rows[0]) - 1)).toFixed(1)}%`.replace("-0.0", "0.0"),
    gigabytes(row.peakBytes),
  ]),
)}

${measuredBy("node bench/performance/measure.mjs depth", rows)} 4,096 tokens, \`--memory min\`; bytes of tensors, counted by the engine that made them. The
buckets of an LSH layer wait for the backward pass on the host, as the smallest integers that hold them, and are not among these: a byte
for each token, head and round, 8 KB in each of these layers.`;
}

function rounds() {
  const rows = rowsOf("rounds");
  if (rows.length === 0) return undefined;
  const lengths = [...new Set(rows.map(({ length }) => length))];
  const hashes = [...new Set(rows.map(({ numHashes }) => numHashes))];
  const at = (length, numHashes) => rows.find((row) => row.length === length && row.numHashes === numHashes);
  return `## Hash rounds

${table(
  ["rounds", ...lengths.flatMap((length) => [`tokens per second at ${count(length)}`, "of the matMul rate"])],
  hashes.map((numHashes) => [
    numHashes,
    ...lengths.flatMap((length) => {
      const row = at(length, numHashes);
      return row && measured(row) ? [count(row.tokensPerSecond), share(row)] : ["", ""];
    }),
  ]),
)}

${measuredBy("node bench/performance/measure.mjs rounds", rows)} Half of the layers hash; every round attends to 128 keys more.`;
}

function figure() {
  if (!existsSync(new URL("figures/speed.svg", docs))) return undefined;
  return `## The paper's figure

![Time of a token against the length: full attention rises, LSH attention of 1 to 8 rounds is flat](figures/speed.svg)

\`reformer bench --svg docs/figures/speed.svg\`: one layer, as the authors' figure 5 on the right, who draw seconds for a fixed number of tokens. Full
attention here is computed in blocks of rows, so it is time and not memory that ends it.`;
}

function versions() {
  const rows = rowsOf("versions");
  if (rows.length === 0) return undefined;
  return `## The ladder of versions

${table(
  ["at 65,536 tokens", "tokens per second", "against the first", "of the matMul rate", "peak of tensors"],
  rows.map((row) => [
    row.row,
    count(row.tokensPerSecond),
    `${(row.tokensPerSecond / rows[0].tokensPerSecond).toFixed(2)}x`,
    share(row),
    gigabytes(row.tensorBytes),
  ]),
)}

${measuredBy("node bench/performance/measure.mjs versions", rows)} Plain ops are \`--kernels composed\`, what every backend without native kernels runs: explicit
gradients, sorted chunks in segments. Which layers are kept is what \`--memory\` decides. Earlier versions than these cannot be switched on
any more and are not shown.`;
}

function draw(name, picture) {
  mkdirSync(new URL("figures/", docs), { recursive: true });
  writeFileSync(new URL(`figures/${name}`, docs), curves(picture));
}
