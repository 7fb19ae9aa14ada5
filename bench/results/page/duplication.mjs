/** The paper's table 2. */
import { draw, matching, origin, parts } from "./parts.mjs";

const percent = (share) => `${(100 * share).toFixed(1)}%`;
const rounds = (count) => (count === 0 ? "full attention" : `LSH-${count}`);

/** @returns the section, or nothing when it was not measured */
export function duplication(name) {
  const found = matching(new RegExp(`^duplication-${name}-\\d+$`)).toSorted(
    (a, b) => (b.rounds === 0) - (a.rounds === 0) || b.rounds - a.rounds,
  );
  if (found.length === 0) return undefined;
  const { setting } = found[0];
  draw(`duplication-${name}`, {
    title: "Duplication: loss while learning",
    x: "steps",
    y: "nats per symbol",
    lines: found.map(({ rounds: count, losses }) => ({
      name: rounds(count),
      points: parts(losses, setting.steps),
    })),
  });
  return `${setting.positions === "axial" ? axial : opening(setting)}
| trained with | asked: full | LSH-8 | LSH-4 | LSH-2 | LSH-1 | training |
| --- | --- | --- | --- | --- | --- | --- |
${found.map((result) => `| ${rounds(result.rounds)} | ${result.accuracy.map(percent).join(" | ")} | ${result.processorSeconds ? `${result.processorSeconds} processor s` : `${result.seconds} s`} |`).join("\n")}

![Loss of each training](./figures/duplication-${name}.svg)

${origin(found[0])}
${setting.positions === "axial" ? "" : different(setting)}`;
}

const opening = (setting) => `## Duplication, the paper's table 2, at ${setting.length} tokens

\`0 w 0 w\` with w of ${setting.length / 2 - 1} symbols 1 … ${setting.numSymbols}; one layer, dModel = dFF = ${setting.dModel}, 4 heads, chunks of ${setting.chunkLength}; ${setting.steps} steps of ${setting.batch} sequences.
Share of the second half that is right, over 64 sequences never trained on.
`;

const axial = `### The same with axial positions

The paper does not say what positions its models of this task had. Everything as above but the positions, which are axial here: two tables of
8 rows side by side, instead of one of 64.
`;

const different = (setting) => `
Different from the paper: ${setting.length === 1024 ? "" : `the sequence is ${setting.length} tokens, not 1,024, and w has ${setting.numSymbols} symbols, not 127; `}${setting.dModel === 256 ? "" : `dModel is ${setting.dModel}, not 256; `}the paper trained for 150,000 steps${setting.steps === 150_000 ? ", as here" : ""}. Positions are learned; chunks, batch and
learning rate (${setting.learningRate}, cosine) are ours, since the paper names none. There, what learned with LSH fails when asked with full attention (0.8%); here it does not.
With few tokens in a sequence, a bucket shows a query most of the keys that full attention would, so the weights have less to specialise in; that is our reading, not a measurement.
`;
