/** The paper's table 2. */
import { draw, matching, origin, parts } from "./parts.mjs";

const percent = (share) => `${(100 * share).toFixed(1)}%`;
const names = { full: "full attention", itself: "full, own key seen" };
const nameOf = (trained) => names[trained] ?? `LSH-${trained}`;
const order = ["full", 4, 2, 1, "itself"];

/** The paper's own cells: full attention, LSH-8, -4, -2, -1. */
const published = {
  full: ["100%", "94.8%", "92.5%", "76.9%", "52.5%"],
  4: ["0.8%", "100%", "99.9%", "99.4%", "91.9%"],
  2: ["0.8%", "100%", "99.9%", "98.1%", "86.8%"],
  1: ["0.8%", "99.9%", "99.6%", "94.8%", "77.9%"],
};

/** @returns the section, or nothing when it was not measured */
export function duplication() {
  const found = matching(/^duplication-\w+$/).toSorted(
    (a, b) => order.indexOf(a.trained) - order.indexOf(b.trained),
  );
  if (found.length === 0) return undefined;
  const { setting, examples } = found[0];
  draw("duplication", {
    title: "Duplication: loss while learning",
    x: "steps",
    y: "nats per symbol",
    lines: found.map(({ trained, losses, steps }) => ({
      name: nameOf(trained),
      points: parts(losses, steps),
    })),
  });
  const cells = ({ trained, accuracy }) =>
    accuracy.map((share, i) => {
      const theirs = published[trained]?.[i];
      return theirs ? `${percent(share)} (${theirs})` : percent(share);
    });
  const line = (row) => `| ${row.join(" | ")} |`;
  const head = ["trained with", "asked: full", "LSH-8", "LSH-4", "LSH-2", "LSH-1", names.itself];
  const rows = found.map((result) => [nameOf(result.trained), ...cells(result), result.processorSeconds]);
  const { length, numSymbols, dModel } = setting;
  return `## Duplication, the paper's table 2

The paper's task and model: \`0 w 0 w\` of ${length.toLocaleString("en")} tokens, w of ${length / 2 - 1} symbols 1 … ${numSymbols}; one layer, dModel = dFF = ${dModel}, 4 heads. Share of the second half that
is right, over ${examples} sequences never trained on; in brackets the paper's figure. What the paper does not have is set apart by the words _own key seen_.

${[[...head, "processor seconds"], [...head, ""].map(() => "---"), ...rows].map(line).join("\n")}

![Loss of each training](./figures/duplication.svg)

${origin(found[0])}
${different(setting)}`;
}

const different = ({ axialShape, chunkLength, steps, stepsInFull, batch, learningRate }) => `
- As in the paper: more rounds in asking are better, and asked with one round, what learned with LSH is better than what learned in full.
- Not as in the paper: what learned with LSH answers full attention without a mistake; the paper has 0.8%, a guess among 127. Here a token does not see its own key in
full attention, as it does not in LSH attention. Let it see it (last column), and the closest key there is outweighs the one sought: LSH models then answer what
the paper reports. It does not tell which of the two its full attention was; this is the reading that fits. Its first row does not contradict: what learns with its own key in view learns too,
and answers LSH as well (last row).
- Few rounds are right more often here, and the fewer were trained with, the more often; in the paper it is the other way round. The paper is silent about chunks (here
${chunkLength}), positions, batch and rates. Positions here are axial, ${axialShape.join(" x ")}: inputs stand one place later than what they are, so a symbol is found 511 places back, 7 whole rows, and one rule
holds for all positions. They were chosen so that it is learned in minutes: ${steps} steps of ${batch} sequences, in full ${stepsInFull}, with Adam at ${learningRate} and a cosine, where the paper took 150,000 steps.
`;
