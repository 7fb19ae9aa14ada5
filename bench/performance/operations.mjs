/** Where the time of a step goes, kernel by kernel, and how much of it multiplies. */
import { count } from "./facts.mjs";

/** What is done together, by the names of kernels; what is in no group is moved data. */
const groups = [
  ["feed-forward layers", /FeedForward/],
  ["attention within chunks", /ChunkAttention/],
  [
    "projections to heads and back",
    /Reformer(Heads|HeadsGrad|AddHeadsGrad|MergeHeads|MergeHeadsGrad|AddMergedHeads)$/,
  ],
  ["head and loss", /TokenHead/],
  ["keys from shared queries", /NormalizeKeys/],
  ["hash: rotations and the largest direction", /^(BatchMatMul|ArgMax|_FusedMatMul|Concat|Neg)$/],
  ["Adam", /Adam/],
  ["between kernels: TypeScript, tfjs' bookkeeping", /^\(between/],
];
const moved = "sorting, embedding, copies";

/** Operations a token that a step cannot do without, of one layer; forward, and twice as many for gradients. */
function work({ depth, attention, numHashes }) {
  const [dModel, inner, dFF, vocabSize, keys] = [256, 128, 512, 320, 128];
  const layers = Array.from({ length: depth }, (_, i) => attention[i % attention.length]);
  const sum = (of) => 3 * 2 * layers.reduce((total, kind) => total + of(kind), 0);
  return {
    [groups[0][0]]: sum(() => 2 * dModel * dFF),
    [groups[1][0]]: sum((kind) => 2 * inner * keys * (kind === "lsh" ? numHashes : 1)),
    [groups[2][0]]: sum((kind) => dModel * inner * (kind === "lsh" ? 3 : 4)),
    [groups[3][0]]: 3 * 2 * 2 * dModel * vocabSize,
  };
}

/** @param matMulGigaflops what the shares are of */
export function operations(results, matMulGigaflops) {
  const result = results.at(-1);
  if (result === undefined) return undefined;
  const { clock, length, date, machine, node } = result;
  const groupOf = (kernel) => groups.find(([, pattern]) => pattern.test(kernel))?.[0] ?? moved;
  const seconds = new Map();
  for (const { kernel, seconds: spent } of clock) {
    const group = groupOf(kernel);
    seconds.set(group, (seconds.get(group) ?? 0) + spent);
  }
  const whole = clock.reduce((sum, { seconds: spent }) => sum + spent, 0);
  const needed = work(result);
  const total = Object.values(needed).reduce((a, b) => a + b, 0) * length;
  const percent = (part) => `${(100 * part).toFixed(1)}%`;
  const rows = [...seconds]
    .toSorted(([, a], [, b]) => b - a)
    .map(([group, spent]) => {
      const flops = (needed[group] ?? 0) * length;
      const rate = flops / spent / 1e9;
      return `| ${group} | ${percent(spent / whole)} | ${(1e6 * (spent / length)).toFixed(1)} | ${flops > 0 ? `${count(rate)} | ${percent(rate / matMulGigaflops)}` : " | "} |`;
    });
  const multiplying = Object.keys(needed).reduce((sum, group) => sum + (seconds.get(group) ?? 0), 0);
  const kernels = clock
    .slice(0, 14)
    .map(
      ({ kernel, calls, seconds: spent }) =>
        `| \`${kernel}\` | ${calls || ""} | ${(1000 * spent).toFixed(0)} | ${percent(spent / whole)} |`,
    );
  return `## Where the time goes, at ${count(length)} tokens

| part of a step | time | microseconds a token | GFLOP/s | of the matMul rate |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| all | 100% | ${(1e6 * (whole / length)).toFixed(1)} | ${count(total / whole / 1e9)} | ${percent(total / whole / 1e9 / matMulGigaflops)} |

GFLOP/s are of the products that each part cannot do without; recomputing counts as time and not as work. ${percent(multiplying / whole)} of the time is in kernels that multiply: what
they do not reach of the matMul rate (${Math.round(matMulGigaflops)} GFLOP/s) goes to the layer norms, softmax and relu inside them, to scores and activations computed
again, and to products narrower than 1024 x 1024. The rest, ${percent(1 - multiplying / whole)}, multiplies nothing.

| kernel | calls | milliseconds | share |
| --- | --- | --- | --- |
${kernels.join("\n")}

\`node bench/performance/measure.mjs operations\`; ${date}, ${machine}, Node ${node}. tfjs-node computes while a kernel is called, so the time of the call is the kernel's.`;
}
