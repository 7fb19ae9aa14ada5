/** Random cases for fast-check: shapes and every option, small enough for the reference's loops. */
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import type { LshOptions, ReferenceChunking, ReferenceSizes } from "../src/index";

/** Outputs of order 1 and gradients of sums of them, in float32. */
export const outputTolerance = { absolute: 1e-5, relative: 1e-5 };
export const gradientTolerance = { absolute: 5e-5, relative: 1e-4 };

const sizes = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 33 }),
  depth: fc.integer({ min: 1, max: 9 }),
});

const chunked = {
  chunkLength: fc.integer({ min: 1, max: 9 }),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  chunksAfter: fc.integer({ min: 0, max: 2 }),
  causal: fc.boolean(),
  extraChunks: fc.constantFrom(0, 0, 1, 2),
  dropoutRate: fc.constantFrom(0, 0, 0.1, 0.6),
  masked: fc.boolean(),
  seed: fc.nat(),
};

export const chunkedCase = fc.record({ sizes, ...chunked });

export const lshCase = fc.record({
  sizes,
  ...chunked,
  numHashes: fc.constantFrom(1, 1, 2, 3, 4, 8),
  numBuckets: fc.constantFrom<number | number[] | "auto">("auto", 2, 4, 10, [2, 4], [4, 2, 2]),
  duplicateCorrection: fc.boolean(),
  acrossBuckets: fc.boolean(),
});

type ChunkedCase = typeof chunkedCase extends fc.Arbitrary<infer Case> ? Case : never;
type LshCase = typeof lshCase extends fc.Arbitrary<infer Case> ? Case : never;

/** `[batch, heads, length, depth]` normal numbers. */
export function drawHeads({ batch, heads, length, depth }: ReferenceSizes, seed: number): tf.Tensor4D {
  return tf.tensor4d(Random.fromSeed(seed).normals(batch * heads * length * depth), [
    batch,
    heads,
    length,
    depth,
  ]);
}

/** The options of a case for the ops, and the same for the reference; `isFull` as the ops should see it. */
export function chunkedOptions(testCase: ChunkedCase) {
  const { chunkLength, chunksBefore, chunksAfter, causal, extraChunks, dropoutRate, masked, seed } = testCase;
  const { batch, length } = testCase.sizes;
  const isFull = length <= chunkLength && extraChunks === 0;
  const paddedLength = isFull ? undefined : (Math.ceil(length / chunkLength) + extraChunks) * chunkLength;
  const random = Random.fromSeed(seed + 1);
  const real = Int32Array.from({ length: batch * length }, () => (random.uniform() < 0.7 ? 1 : 0));
  const dropout = dropoutRate > 0 ? { rate: dropoutRate, seed } : undefined;
  return {
    options: {
      chunkLength,
      chunksBefore,
      chunksAfter,
      causal,
      paddedLength,
      dropout,
      keyMask: masked ? tf.tensor2d(real, [batch, length], "int32") : undefined,
    },
    reference: {
      chunkLength: isFull ? length : chunkLength,
      chunksBefore: isFull ? 0 : chunksBefore,
      chunksAfter: isFull ? 0 : chunksAfter,
      causal,
      paddedLength: paddedLength ?? length,
      dropout,
      keyMask: masked ? real : undefined,
    } satisfies ReferenceChunking,
    isFull,
  };
}

export function lshOptions(testCase: LshCase) {
  const { numHashes, numBuckets, duplicateCorrection, acrossBuckets, seed } = testCase;
  const { options, reference, isFull } = chunkedOptions(testCase);
  const lsh: LshOptions = { ...options, numHashes, numBuckets, seed, duplicateCorrection, acrossBuckets };
  return {
    options: lsh,
    referenceWith: (buckets: tf.Tensor | null): ReferenceChunking =>
      buckets
        ? { ...reference, numHashes, duplicateCorrection, acrossBuckets, buckets: buckets.dataSync() }
        : reference,
    isFull,
  };
}
