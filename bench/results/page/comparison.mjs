/** LSH against full attention, shared queries and keys against separate, reversible against ordinary residuals. */
import { draw, mean, origin, parts, seeded, seedOf } from "./parts.mjs";

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

const ends = (results) => results.map(({ heldOut }) => heldOut.at(-1)[1]);
/** Mean curve of training over the seeds. */
const curveOf = (results) =>
  results[0].training.map((_, i) => mean(results.map(({ training }) => training[i])));

/** @returns the section, or nothing when it was not measured */
export function comparison(name) {
  const keys = [...attention, "regular", "reversible-mean", "regular-sums"];
  const all = Object.fromEntries(
    keys.map((key) => [key, seeded(`${name}-${key}`)]).filter(([, results]) => results.length > 0),
  );
  const shown = attention.map((key) => all[key]).filter(Boolean);
  if (shown.length < 2) return undefined;
  const { title, unit, what } = kinds[name];
  const figure = (file, heading, lines) =>
    draw(file, {
      title: heading,
      x: "steps",
      y: `${unit}, in training`,
      lines: lines.map(([label, results]) => ({
        name: label,
        points: parts(curveOf(results), results[0].steps),
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

${found(all, unit)}${reversible(name, all, figure, unit)}`;
}

const seedsOf = (rows) =>
  rows.some((results) => results.length > 1)
    ? `
A seed decides fresh weights, the order of the data and the rotations; where a row has several, figures and curves are their means, and the lowest and highest stand beside.`
    : "";

function table(what, rows, unit) {
  const several = rows.some((results) => results.length > 1);
  const head = [what, "parameters", ...(several ? ["seeds"] : []), `held out, ${unit}`]
    .concat(several ? ["lowest to highest"] : [])
    .concat("training, last fortieth", "processor seconds");
  const cells = (results) => [
    results[0].label,
    results[0].parameters.toLocaleString("en"),
    ...(several ? [results.length] : []),
    mean(ends(results)).toFixed(3),
    ...(several ? [range(ends(results))] : []),
    curveOf(results).at(-1).toFixed(3),
    Math.round(mean(results.map(({ processorSeconds }) => processorSeconds))),
  ];
  const line = (row) => `| ${row.join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows.map(cells)].map(line).join("\n");
}

const range = (values) =>
  values.length === 1 ? "" : `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;

/** How far one ends from another, seed by seed: fresh weights and data are the same where the seed is. */
function apart(these, those) {
  const differences = these.flatMap((one) => {
    const other = those.find((result) => seedOf(result) === seedOf(one));
    return other ? [one.heldOut.at(-1)[1] - other.heldOut.at(-1)[1]] : [];
  });
  const middle = mean(differences);
  const spread =
    differences.length === 1
      ? ""
      : ` (${differences.map((value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`).join(", ")})`;
  return `${Math.abs(middle).toFixed(3)} ${middle > 0 ? "above" : "below"}${spread}`;
}

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

function reversible(name, all, figure, unit) {
  const { separate, regular } = all;
  if (!separate || !regular) return "";
  const between = ["reversible-mean", "regular-sums"].map((key) => all[key]).filter(Boolean);
  const rows = [
    ["reversible", separate],
    ["ordinary residuals", regular],
    ...between.map((results) => [results[0].label, results]),
  ];
  figure(`${name}-reversible`, "Reversible layers against ordinary residuals", rows);
  const curves = [separate, regular].map(curveOf);
  const distances = curves[0].map((value, i) => Math.abs(value - curves[1][i]));
  return `
### Reversible layers against ordinary ones: ${kinds[name].title.split(": ")[1]}

The same full attention with separate queries and keys, as two reversible streams and as one ordinary residual stream.
Curves of training: at most ${Math.max(...distances).toFixed(3)} ${unit} apart in a fortieth, ${distances.at(-1).toFixed(3)} in the last; held out, the ordinary one ends ${apart(regular, separate)} the reversible one.${name === "text" ? unlike : ""}

![Reversible and ordinary](./figures/${name}-reversible.svg)
`;
}

const unlike = ` The paper saw curves nearly
coincide over a much longer training of wider models. Here they end while they still fall, and the two differ in more than how they are pulled back: a reversible
model's head sees two streams, each of which half of the layers wrote, an ordinary one's the same stream twice. What this shows is that reversible layers cost nothing in
quality at this size, not that they gain anything.`;
