/** Attention of one query over listed positions, on typed arrays: too little work for a tensor's overhead. */
import type { History } from "./history";

export interface OneQuery {
  /** `[depth]`, starting at `queryOffset` of `query` */
  query: Float32Array;
  queryOffset: number;
  depth: number;
  keys: History;
  values: History;
  /** Where this head's numbers start inside a position's vector. */
  headOffset: number;
  /** The query's own position, whose score is replaced by -1e5, or -1 when nothing is masked. */
  self: number;
}

/** Writes `softmax(query . keys) values` over `positions` into `output` at `outputOffset`. */
export function attendOne(
  { query, queryOffset, depth, keys, values, headOffset, self }: OneQuery,
  positions: readonly number[],
  output: Float32Array,
  outputOffset: number,
): void {
  const keyValues = keys.values();
  const valueValues = values.values();
  const scores = new Float64Array(positions.length);
  let highest = -Infinity;
  for (let i = 0; i < positions.length; i++) {
    let score = -1e5;
    if (positions[i] !== self) {
      const at = keys.offset(positions[i]!) + headOffset;
      score = 0;
      for (let d = 0; d < depth; d++) score += query[queryOffset + d]! * keyValues[at + d]!;
    }
    scores[i] = score;
    if (score > highest) highest = score;
  }
  let total = 0;
  const sums = new Float64Array(depth);
  for (let i = 0; i < positions.length; i++) {
    const weight = Math.exp(scores[i]! - highest);
    if (weight === 0) continue;
    total += weight;
    const at = values.offset(positions[i]!) + headOffset;
    for (let d = 0; d < depth; d++) sums[d]! += weight * valueValues[at + d]!;
  }
  for (let d = 0; d < depth; d++) output[outputOffset + d] = sums[d]! / total;
}
