/** LSH against full attention, shared queries and keys against separate, reversible against ordinary residuals. */
import { draw, origin, parts } from "./parts.mjs";
import { reversible, wirings } from "./reversible.mjs";
import { apart, curveOf, seeded, table } from "./seeds.mjs";

const kinds = {
  text: {
    title: "LSH against full attention: a novel",
    unit: "bits per byte",
    what: ({ batch, length }) =>
      `bytes of _Crime and Punishment_ in ${batch} windows of ${length} a step; held out is the beginning of its last twentieth.`,
  },
  images: {
    title: "LSH against full attention: pictures",
    unit: "bits per dim",
    what: ({ batch }) =>
      `emoji of 16 x 16 in colour, one byte after the other (768 tokens), ${batch} a step; held out are pictures of other emoji.`,
  },
};
const attention = ["separate", "shared", "lsh-8", "lsh-4", "lsh-2", "lsh-1"];

/** @returns the section, or nothing when it was not measured */
export function comparison(name) {
  const keys = [...new Set([...attention, ...wirings])];
  const all = Object.fromEntries(
    keys.map((key) => [key, seeded(`${name}-${key}`)]).filter(([, results]) => results.length > 0),
  );
  const shown = attention.map((key) => all[key]).filter(Boolean);
  if (shown.length < 2) return undefined;
  const { title, unit, what } = kinds[name];
  const figure = (file, heading, lines, from = 0) =>
    draw(file, {
      title: heading,
      x: "steps",
      y: `${unit}, in training`,
      lines: lines.map(([label, results]) => ({
        name: label,
        points: parts(curveOf(results), results[0].steps).filter(([step]) => step > from * results[0].steps),
      })),
    });
  figure(
    name,
    title,
    shown.map((results) => [results[0].label, results]),
  );
  const [[first]] = shown;
  const { steps, learningRate, heldOutTokens } = first;
  const rows = [...shown, ...(all.regular ? [all.regular] : [])];
  return `## ${title}

Models of one size on the same data in the same order for the same ${steps} steps: ${what(first)} Four layers, the first and third with local attention, as in the models
that the authors published; the other two are what is compared. Positions by rotation: with the paper's axial tables a first trial of full attention had not
learned to look beyond the last letter in as many steps. dModel 128, dFF 256, 2 heads of 64, chunks of 32, Adam at ${learningRate} with a cosine. Held out: ${heldOutTokens.toLocaleString("en")} tokens, never trained on.${seedsOf(rows)}

${table("second and fourth layer", rows, unit)}

![Curves of training](./figures/${name}.svg)

${origin(first)} The machine did other work too, hence processor seconds.

${found(all, unit)}${reversible(name, title.split(": ")[1], all, figure, unit)}`;
}

const seedsOf = (rows) =>
  rows.some((results) => results.length > 1)
    ? `
A seed decides fresh weights, the order of the data and the rotations; where a row has several, figures and curves are their means, and the lowest and highest stand beside.`
    : "";

/** Distances between variants, from the numbers themselves. */
function found({ separate, shared, regular, ...others }, unit) {
  const lines = [];
  if (separate && shared)
    lines.push(
      `- Full attention with shared queries and keys ends ${apart(shared, separate)} separate ones.`,
    );
  const rounds = [8, 4, 2, 1].filter((count) => others[`lsh-${count}`]);
  if (shared && rounds.length > 0) {
    const each = rounds.map((count) => `${count}: ${apart(others[`lsh-${count}`], shared)}`);
    lines.push(
      `- LSH against full attention with shared queries and keys, by rounds, in ${unit}: ${each.join("; ")}.`,
    );
  }
  if (regular && others["lsh-8"])
    lines.push(
      `- A whole Reformer (reversible, LSH of 8 rounds) ends ${apart(others["lsh-8"], regular)} an ordinary Transformer (ordinary residuals, full attention, separate queries and keys).`,
    );
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}
