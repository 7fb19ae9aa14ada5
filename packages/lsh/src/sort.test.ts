import { expectNoLeak } from "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sortByBucket } from "./sort";

test("by hand: stable within a bucket, empty slots last, slots counted over the rounds", () => {
  const buckets = tf.tensor4d([2, 0, 2, 0, 1, 1, 0, 0], [1, 1, 2, 4], "int32");
  const { order, inverse } = sortByBucket(buckets, { paddedLength: 5 });
  expect(Array.from(order.dataSync())).toEqual([1, 3, 0, 2, -1, 2, 3, 0, 1, -1]);
  expect(Array.from(inverse.dataSync())).toEqual([2, 0, 3, 1, 7, 8, 5, 6]);
});

test("sorts by (bucket, position) and inverts", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 6 })),
      (groups, numHashes, length, padding, ids) => {
        const values = Int32Array.from({ length: groups * numHashes * length }, () => ids.next().value!);
        const buckets = tf.tensor4d(values, [1, groups, numHashes, length], "int32");
        const paddedLength = length + padding;
        const sorted = sortByBucket(buckets, { paddedLength });
        const [order, inverse] = [sorted.order.arraySync(), sorted.inverse.arraySync()];
        for (let group = 0; group < groups; group++) {
          for (let round = 0; round < numHashes; round++) {
            const slots = order[group]!.slice(round * paddedLength, (round + 1) * paddedLength);
            const keys = slots
              .slice(0, length)
              .map(
                (position) => values[(group * numHashes + round) * length + position]! * length + position,
              );
            expect(keys).toEqual(keys.toSorted((a, b) => a - b));
            expect(slots.slice(length)).toEqual(Array.from({ length: padding }, () => -1));
            inverse[group]![round]!.forEach((slot, position) => expect(order[group]![slot]).toBe(position));
          }
        }
        tf.dispose([buckets, sorted.order, sorted.inverse]);
      },
    ),
  );
});

test("returns two tensors and keeps none", () => {
  const buckets = tf.zeros([1, 2, 2, 5], "int32");
  expectNoLeak(() => ({ ...sortByBucket(buckets) }));
});

test("what is no bucket, and too few slots, are refused", () => {
  expect(() => sortByBucket(tf.tensor4d([0, -1], [1, 1, 1, 2], "int32"))).toThrow("buckets is negative (-1)");
  expect(() => sortByBucket(tf.zeros([1, 1, 1, 4], "int32"), { paddedLength: 3 })).toThrow(
    "paddedLength is 3",
  );
  const [large, floats] = [tf.tensor4d([0, 2 ** 31 - 1], [1, 1, 1, 2], "int32"), tf.zeros([1, 1, 1, 2])];
  expect(() => sortByBucket(large)).toThrow("buckets is up to 2147483647, but must be below 16777216.");
  expect(() => sortByBucket(floats)).toThrow("buckets is of type float32, but must be int32.");
  for (const numBuckets of [0, -1, 1.5, Number.NaN, Infinity]) {
    expect(() => sortByBucket(tf.zeros([1, 1, 1, 2], "int32"), { numBuckets })).toThrow(
      `numBuckets is ${numBuckets}`,
    );
  }
});
