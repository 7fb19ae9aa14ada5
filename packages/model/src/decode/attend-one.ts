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
  /** Learned keys and values that are seen besides; their query may differ, as one before rotary positions does. */
  memory: { query: Float32Array; keyValues: MemoryOfLayer } | null;
}

/** `[heads, count, depth]` each; keys are scaled. */
export interface MemoryOfLayer {
  keys: Float32Array;
  values: Float32Array;
  count: number;
}

/** Writes `softmax(query . keys) values` over `positions` into `output` at `outputOffset`. */
export function attendOne(
  { query, queryOffset, depth, keys, values, headOffset, self, memory }: OneQuery,
  positions: readonly number[],
  output: Float32Array,
  outputOffset: number,
): void {
  const keyValues = keys.values();
  const valueValues = values.values();
  const remembered = memory?.keyValues;
  const rowOfMemory = (i: number) => headOffset * remembered!.count + (i - positions.length) * depth;
  const scores = new Float64Array(positions.length + (remembered?.count ?? 0));
  let highest = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    let score = -1e5;
    if (i >= positions.length) {
      score = dot(memory!.query, queryOffset, remembered!.keys, rowOfMemory(i), depth);
    } else if (positions[i] !== self) {
      score = dot(query, queryOffset, keyValues, keys.offset(positions[i]!) + headOffset, depth);
    }
    scores[i] = score;
    if (score > highest) highest = score;
  }
  let total = 0;
  const sums = new Float64Array(depth);
  for (let i = 0; i < scores.length; i++) {
    const weight = Math.exp(scores[i]! - highest);
    if (weight === 0) continue;
    total += weight;
    const inMemory = i >= positions.length;
    const source = inMemory ? remembered!.values : valueValues;
    const at = inMemory ? rowOfMemory(i) : values.offset(positions[i]!) + headOffset;
    for (let d = 0; d < depth; d++) sums[d]! += weight * source[at + d]!;
  }
  for (let d = 0; d < depth; d++) output[outputOffset + d] = sums[d]! / total;
}

function dot(a: Float32Array, aOffset: number, b: Float32Array, bOffset: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[aOffset + i]! * b[bOffset + i]!;
  return sum;
}
