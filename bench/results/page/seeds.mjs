/** Trainings that were repeated with other seeds: each is a list of results, one a seed. */
import { matching, mean } from "./parts.mjs";

/** The results of one training with every seed that it had. */
export const seeded = (name) =>
  matching(new RegExp(`^${name}(-seed-\\d+)?$`)).toSorted((a, b) => seedOf(a) - seedOf(b));

const seedOf = ({ seed = 1 }) => seed;
const ends = (results) => results.map(({ heldOut }) => heldOut.at(-1)[1]);
/** Mean curve of training over the seeds. */
export const curveOf = (results) =>
  results[0].training.map((_, i) => mean(results.map(({ training }) => training[i])));

/** A row for each training. */
export function table(what, rows, unit) {
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
export function apart(these, those) {
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
