import { expectNoLeak } from "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawHeads } from "../test/cases";
import { drawRotations, hashVectors, referenceHash } from "./index";

test("equals the reference for any factors", () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 2 }),
        heads: fc.integer({ min: 1, max: 3 }),
        length: fc.integer({ min: 1, max: 20 }),
        depth: fc.integer({ min: 2, max: 9 }),
      }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom(2, 4, 6), { minLength: 1, maxLength: 3 }),
      fc.nat(),
      (sizes, numHashes, factors, seed) =>
        tf.tidy(() => {
          const vectors = drawHeads(sizes, seed);
          const rotations = drawRotations({ ...sizes, numHashes, numBuckets: factors, seed });
          const buckets = hashVectors(vectors, rotations, factors);
          const expected = referenceHash(sizes, vectors.dataSync(), rotations.dataSync(), {
            numHashes,
            factors,
          });
          expect(buckets.dtype).toBe("int32");
          expect(Array.from(buckets.dataSync())).toEqual(Array.from(expected));
        }),
    ),
  );
});

test("by hand: the nearest of four directions", () => {
  const rotations = tf.tensor4d([1, 0, 0, 1], [1, 2, 1, 2]);
  const vectors = tf.tensor4d([3, 1, 1, 3, -3, 1, 1, -3], [1, 1, 4, 2]);
  expect(Array.from(hashVectors(vectors, rotations, 4).dataSync())).toEqual([0, 1, 2, 3]);
});

test("a long sequence is hashed in pieces, with the same result as each part alone", () => {
  const sizes = { batch: 2, heads: 1, length: 3000, depth: 4 };
  const vectors = drawHeads(sizes, 1);
  const rotations = drawRotations({ ...sizes, numHashes: 2, numBuckets: 1024, seed: 3 });
  const whole = hashVectors(vectors, rotations, 1024);
  const last = hashVectors(tf.slice(vectors, [1, 0, 2900, 0], [1, 1, 100, 4]), rotations, 1024);
  const sameRows = tf.slice(whole, [1, 0, 0, 2900], [1, 1, 2, 100]);
  expect(Array.from(last.dataSync())).toEqual(Array.from(sameRows.dataSync()));
});

test("returns one tensor and keeps none", () => {
  const vectors = drawHeads({ batch: 1, heads: 2, length: 9, depth: 4 }, 1);
  const rotations = drawRotations({ heads: 2, depth: 4, numHashes: 2, numBuckets: [2, 4], seed: 3 });
  expectNoLeak(() => hashVectors(vectors, rotations, [2, 4]));
});

test("rotations of another size are refused by name", () => {
  const vectors = drawHeads({ batch: 1, heads: 2, length: 9, depth: 4 }, 1);
  expect(() => hashVectors(vectors, tf.zeros([2, 4, 1, 5]), 4)).toThrow(
    "rotations is of shape [2, 4, 1, 5], but must be [heads, depth, numHashes, rotationSize] with heads = 2, depth = 4, rotationSize = 2.",
  );
});
