/** The reference, put together: hashing and keys in plain loops, and LSH, local and full attention from them. */
import {
  type ReferenceOptions,
  type ReferenceSizes,
  referenceAttention,
  referenceAttentionGrad,
} from "./reference";

/** Geometry that local and LSH attention share; see {@link ReferenceOptions}. */
export type ReferenceChunking = Omit<ReferenceOptions, "selfMask">;

/**
 * `argmax([xR ; -xR])` per factor, the first factor being the lowest digit.
 *
 * @param vectors   `[batch, heads, length, depth]`, flat
 * @param rotations `[heads, depth, numHashes, rotationSize]`, flat
 * @returns         `[batch, heads, numHashes, length]`, flat
 */
export function referenceHash(
  { batch, heads, length, depth }: ReferenceSizes,
  vectors: ArrayLike<number>,
  rotations: ArrayLike<number>,
  { numHashes, factors }: { numHashes: number; factors: readonly number[] },
): Int32Array {
  const size = factors.reduce((sum, factor) => sum + factor / 2, 0);
  const buckets = new Int32Array(batch * heads * numHashes * length);
  for (let group = 0; group < batch * heads; group++) {
    for (let round = 0; round < numHashes; round++) {
      for (let position = 0; position < length; position++) {
        let first = 0;
        let stride = 1;
        let bucket = 0;
        for (const factor of factors) {
          const projections = Array.from({ length: factor / 2 }, (_, direction) => {
            let sum = 0;
            for (let d = 0; d < depth; d++) {
              const rotation = (((group % heads) * depth + d) * numHashes + round) * size + first + direction;
              sum += vectors[(group * length + position) * depth + d]! * rotations[rotation]!;
            }
            return sum;
          });
          const both = [...projections, ...projections.map((projection) => -projection)];
          bucket += stride * both.indexOf(Math.max(...both));
          first += factor / 2;
          stride *= factor;
        }
        buckets[(group * numHashes + round) * length + position] = bucket;
      }
    }
  }
  return buckets;
}

/** `k = q rsqrt(mean(q²) + 1e-6) / sqrt(depth)`, and what comes back through it. */
export function referenceKeys(depth: number, query: ArrayLike<number>) {
  const key = new Float64Array(query.length);
  const inverseRms = (row: number) => {
    let squares = 0;
    for (let d = 0; d < depth; d++) squares += query[row + d]! ** 2;
    return 1 / Math.sqrt(squares / depth + 1e-6);
  };
  for (let row = 0; row < query.length; row += depth) {
    for (let d = 0; d < depth; d++) key[row + d] = (query[row + d]! * inverseRms(row)) / Math.sqrt(depth);
  }
  const grad = (dKey: ArrayLike<number>): Float64Array => {
    const dQuery = new Float64Array(query.length);
    for (let row = 0; row < query.length; row += depth) {
      const r = inverseRms(row);
      let along = 0;
      for (let d = 0; d < depth; d++) along += query[row + d]! * dKey[row + d]!;
      for (let d = 0; d < depth; d++) {
        dQuery[row + d] =
          (r / Math.sqrt(depth)) * (dKey[row + d]! - (r * r * query[row + d]! * along) / depth);
      }
    }
    return dQuery;
  };
  return { key, grad };
}

/** Shared queries and keys; `options.buckets` absent means full attention within one chunk. */
export function referenceLshAttention(
  sizes: ReferenceSizes,
  { queryKey, value }: { queryKey: ArrayLike<number>; value: ArrayLike<number> },
  chunking: ReferenceChunking,
) {
  const { key, grad } = referenceKeys(sizes.depth, queryKey);
  const inputs = { query: queryKey, key, value };
  const options = { ...chunking, selfMask: true };
  return {
    ...referenceAttention(sizes, inputs, options),
    grad: (dOutput: ArrayLike<number>) => {
      const { dQuery, dKey, dValue } = referenceAttentionGrad(sizes, inputs, dOutput, options);
      const throughKey = grad(dKey);
      return { dQueryKey: dQuery.map((gradient, i) => gradient + throughKey[i]!), dValue };
    },
  };
}

/** Separate queries and keys, positions in order. With one chunk as long as the sequence: full attention. */
export function referenceLocalAttention(
  sizes: ReferenceSizes,
  { query, key, value }: { query: ArrayLike<number>; key: ArrayLike<number>; value: ArrayLike<number> },
  chunking: ReferenceChunking,
) {
  const scale = 1 / Math.sqrt(sizes.depth);
  const inputs = { query, key: Float64Array.from(key, (number) => number * scale), value };
  const options = { ...chunking, selfMask: false };
  return {
    ...referenceAttention(sizes, inputs, options),
    grad: (dOutput: ArrayLike<number>) => {
      const { dQuery, dKey, dValue } = referenceAttentionGrad(sizes, inputs, dOutput, options);
      return { dQuery, dKey: dKey.map((gradient) => gradient * scale), dValue };
    },
  };
}
