/** Attention of one query over listed positions, on typed arrays: too little work for a tensor's overhead. */
import type { History } from "./history";

export interface OneQuery {
  /** `[heads * depth]`, all heads side by side */
  query: Float32Array;
  /** Where this head's numbers start inside the query. */
  headOffset: number;
  depth: number;
  /** By position, `[heads, 2, depth]`: each head's key and value lie together, so that one walk through memory finds both. */
  keyValues: History;
  /** The query's own position, whose score is replaced by -1e5, or -1 when nothing is masked. */
  self: number;
  /** Learned keys that are seen besides; their query may differ, as one before rotary positions does. */
  memory: { query: Float32Array; keyValues: MemoryOfLayer } | null;
}

/** `[heads, count, depth]` each; keys are scaled. */
export interface MemoryOfLayer {
  keys: Float32Array;
  values: Float32Array;
  count: number;
}

/** `softmax(query . keys)`: a weight for each of `positions`, and behind them one for each key of the memory. */
export function weigh(
  { query, headOffset, depth, keyValues, self, memory }: OneQuery,
  positions: ArrayLike<number>,
): Float64Array {
  const remembered = memory?.keyValues.count ?? 0;
  const weights = new Float64Array(positions.length + remembered);
  let highest = -Infinity;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    const score =
      position === self
        ? -1e5
        : dot(
            query,
            headOffset,
            keyValues.page(position),
            keyValues.offset(position) + 2 * headOffset,
            depth,
          );
    weights[i] = score;
    if (score > highest) highest = score;
  }
  for (let i = 0; i < remembered; i++) {
    const row = headOffset * remembered + i * depth;
    const score = dot(memory!.query, headOffset, memory!.keyValues.keys, row, depth);
    weights[positions.length + i] = score;
    if (score > highest) highest = score;
  }
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] = Math.exp(weights[i]! - highest);
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return weights;
}

/** Writes the sum of values by their weights into `output` at `headOffset`. */
export function mix(
  { headOffset, depth, keyValues, memory }: OneQuery,
  positions: ArrayLike<number>,
  weights: Float64Array,
  output: Float32Array,
): void {
  const sums = new Float64Array(depth);
  for (let i = 0; i < positions.length; i++) {
    if (weights[i] === 0) continue;
    const position = positions[i]!;
    const value = keyValues.offset(position) + 2 * headOffset + depth;
    addScaled(sums, keyValues.page(position), value, weights[i]!);
  }
  const remembered = memory?.keyValues.count ?? 0;
  for (let i = 0; i < remembered; i++) {
    const row = headOffset * remembered + i * depth;
    addScaled(sums, memory!.keyValues.values, row, weights[positions.length + i]!);
  }
  output.set(sums, headOffset);
}

/** Four sums at a time: one alone would wait for itself. */
function dot(a: Float32Array, aOffset: number, b: Float32Array, bOffset: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < count; i += 4) {
    s0 += a[aOffset + i]! * b[bOffset + i]!;
    s1 += a[aOffset + i + 1]! * b[bOffset + i + 1]!;
    s2 += a[aOffset + i + 2]! * b[bOffset + i + 2]!;
    s3 += a[aOffset + i + 3]! * b[bOffset + i + 3]!;
  }
  for (; i < count; i++) s0 += a[aOffset + i]! * b[bOffset + i]!;
  return s0 + s1 + (s2 + s3);
}

function addScaled(sums: Float64Array, from: Float32Array, offset: number, scale: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += scale * from[offset + i]!;
}
