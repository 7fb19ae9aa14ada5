import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { registerMissingKernels } from "./unsorted-segment-sum";

beforeAll(() => {
  registerMissingKernels();
  registerMissingKernels();
});

const cases = fc
  .record({
    rows: fc.integer({ min: 1, max: 20 }),
    inner: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    numSegments: fc.integer({ min: 1, max: 6 }),
    dtype: fc.constantFrom("float32" as const, "int32" as const),
  })
  .chain(({ rows, inner, numSegments, dtype }) => {
    const width = inner.reduce((product, size) => product * size, 1);
    return fc.record({
      shape: fc.constant<number[]>([rows, ...inner]),
      width: fc.constant(width),
      numSegments: fc.constant(numSegments),
      dtype: fc.constant(dtype),
      values: fc.array(fc.integer({ min: -50, max: 50 }), {
        minLength: rows * width,
        maxLength: rows * width,
      }),
      segments: fc.array(fc.integer({ min: -1, max: numSegments - 1 }), { minLength: rows, maxLength: rows }),
    });
  });

test("rows are summed by segment, and rows of a negative segment are dropped", () => {
  fc.assert(
    fc.property(cases, ({ shape, width, numSegments, dtype, values, segments }) => {
      const expected = Array.from({ length: numSegments * width }, () => 0);
      values.forEach((value, i) => {
        const segment = segments[Math.floor(i / width)]!;
        if (segment >= 0) expected[segment * width + (i % width)]! += value;
      });
      tf.tidy(() => {
        const sums = tf.unsortedSegmentSum(
          tf.tensor(values, shape, dtype),
          tf.tensor1d(segments, "int32"),
          numSegments,
        );
        expect(sums.shape).toEqual([numSegments, ...shape.slice(1)]);
        expect(sums.dtype).toBe(dtype);
        expect(Array.from(sums.dataSync())).toEqual(expected);
      });
    }),
  );
});

test("nothing is left behind", () => {
  const before = tf.memory();
  tf.tidy(() => tf.unsortedSegmentSum(tf.ones([5, 2]), tf.tensor1d([0, 1, 0, 1, 0], "int32"), 2).dataSync());
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
});
