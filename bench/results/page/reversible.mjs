/** Reversible layers against ordinary residuals, and what stands between the two. */
import { apart, curveOf, table } from "./seeds.mjs";

/** Wirings by their keys, from the reversible one to the ordinary one, as the figure has room to name them. */
const named = {
  separate: "reversible",
  "reversible-mean": "reversible, mean to head",
  "regular-sums": "ordinary, sums to head",
  regular: "ordinary",
  "separate-half": "reversible, half the rate",
  "regular-half": "ordinary, half the rate",
};
export const wirings = Object.keys(named);

/**
 * @param all results of the comparison by key
 * @param figure draws curves `[label, results][]` into a file, from a share of the steps on
 */
export function reversible(name, heading, all, figure, unit) {
  const { separate, regular } = all;
  if (!separate || !regular) return "";
  const labels = { separate: "reversible", regular: "ordinary residuals" };
  const shown = wirings.filter((key) => all[key]);
  const rows = shown.map((key) =>
    all[key].map((result) => ({ ...result, label: labels[key] ?? result.label })),
  );
  figure(
    `${name}-reversible`,
    "Reversible layers against ordinary residuals, after a fifth",
    shown.map((key) => [named[key], all[key]]),
    0.2,
  );
  const curves = [separate, regular].map(curveOf);
  const distances = curves[0].map((value, i) => Math.abs(value - curves[1][i]));
  const between = rows.length > 2;
  return `
### Reversible layers against ordinary ones: ${heading}

The same full attention with separate queries and keys, as two reversible streams and as one ordinary residual stream.
Curves of training: at most ${Math.max(...distances).toFixed(3)} ${unit} apart in a fortieth, ${distances.at(-1).toFixed(3)} in the last; held out, the ordinary one ends ${apart(regular, separate)} the reversible one.
${between ? `${explained(all)}\n${table("wiring", rows, unit)}\n` : ""}
![Reversible and ordinary](./figures/${name}-reversible.svg)
`;
}

/** Why the curves do not coincide. */
function explained(all) {
  const to = (key, other) => apart(all[key], all[other]);
  const half = all["regular-half"] && all["separate-half"];
  return `
In the paper the two nearly coincide, after a much longer training of wider models. Here they do not, with any seed, and networks between the two tell why:

- The head. A reversible one sees two streams: what attention added to the embedding, and what the feed-forward layers added. An ordinary one sees their sum, twice, so half of its
weights say the same again. Reversible layers whose head sees twice the mean of their streams end ${to("reversible-mean", "separate")} reversible ones;
ordinary ones whose head sees both sums end ${to("regular-sums", "regular")} ordinary ones.
- What layers read. With heads alike, the two differ in nothing else: reversible attention reads what feed-forward layers wrote, and they what
attention wrote, where ordinary layers read all. Ordinary ones end ${to("regular-sums", "separate")} reversible ones where the head sees both, and ${to("regular", "reversible-mean")} where it sees one.
${
  half
    ? `- The learning rate. At half of it ordinary layers end ${to("regular-half", "regular")} where they do at the full one, reversible layers ${to("separate-half", "separate")}: only
they gain by the higher rate. At half of it ordinary layers end ${to("regular-half", "separate-half")} reversible ones.\n`
    : ""
}
So reversible layers cost nothing in quality here. That they gain is a finding at this size and after so few steps; whether it lasts was not measured.
`;
}
