/** A cell under the pointer in one line: its formula, with its numbers in it. */
import { percent, short, visible } from "../../draw/format";
import { explainPair, explainQuery } from "./explain";
import type { FigurePlace } from "./layout";
import type { Picture } from "./picture";

/** @param round counted from 0 */
export function sayFigureCell(picture: Picture, round: number, { row, position }: FigurePlace): string {
  const { request, result } = picture;
  const { length, depth, chunkLength, chunksBefore } = request;
  const { bucket, slot, chunk, projections } = explainQuery(picture, round, position);
  const token = called(picture, position);
  const buckets = result.buckets.subarray(round * length, (round + 1) * length);
  if (row === "sequence") {
    const norm = Math.hypot(...request.vectors.subarray(position * depth, (position + 1) * depth));
    return `x of ${token}: ${depth} numbers, |x| = ${short(norm)}. As a query it is x, as a key x / |x|.`;
  }
  if (row === "hash") {
    return `bucket of ${token} = argmax [xR ; −xR] = ${bucket}, where the largest of ${projections.length} numbers is ${short(projections[bucket]!)}.`;
  }
  if (row === "sort") {
    const smaller = buckets.filter((other) => other < bucket).length;
    const earlier = buckets.subarray(0, position).filter((other) => other === bucket).length;
    return `slot of ${token} = ${smaller} in smaller buckets + ${earlier} before it in bucket ${bucket} + 1 = ${slot + 1}.`;
  }
  if (row === "chunk") {
    return `chunk of ${token} = ⌈slot / C⌉ = ⌈${slot + 1} / ${chunkLength}⌉ = ${chunk + 1}. It looks into ${chunksBefore + 1}: its own and ${chunksBefore} before.`;
  }
  let given = 0;
  let looking = 0;
  for (let query = 0; query < length; query++) {
    const weight = result.lshWeights[query * length + position]!;
    given += weight;
    if (weight > 0) looking++;
  }
  return `key of ${token}, chunk ${chunk + 1}: over all rounds ${looking} queries see it, and Σ weights = ${short(given)}.`;
}

export function sayPair(picture: Picture, query: number, key: number): string {
  const { score, logSumExp, fullWeight, lshWeight, rounds, masked } = explainPair(picture, query, key);
  const pair = `${called(picture, query)} → ${called(picture, key)}`;
  if (masked === "itself") return `${pair}: q·k = ${short(score)} − 10⁵, masked: a token’s own key.`;
  if (masked === "later") return `${pair}: masked with −10⁹, a later key.`;
  const full = logSumExp === undefined ? "0" : `e^(${short(score)} − ${short(logSumExp)})`;
  const found =
    rounds.length === 0 ? "missed" : `${percent(lshWeight, 2)}, met in round ${rounds.join(", ")}`;
  return `${pair}: q·k = ${short(score)}; full attention ${full} = ${percent(fullWeight, 2)}; LSH attention ${found}.`;
}

function called({ names }: Picture, position: number): string {
  const name = visible(names[position]!);
  return name === String(position + 1) ? `point ${name}` : `‘${name}’ at ${position + 1}`;
}
