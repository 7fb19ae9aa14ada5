import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { drawRotations } from "./rotations";

const shape = { heads: 2, depth: 4, numBuckets: [4, 6], seed: 5 };

test("fewer rounds are a prefix of more", () => {
  const two = drawRotations({ ...shape, numHashes: 2 });
  const four = drawRotations({ ...shape, numHashes: 4 });
  expect(two.shape).toEqual([2, 4, 2, 5]);
  expect(tf.slice(four, [0, 0, 0, 0], [2, 4, 2, 5])).toBeAllClose(two, { absolute: 0, relative: 0 });
});

test("rounds, heads and factors differ, and so do seeds", () => {
  const values = new Set(drawRotations({ ...shape, numHashes: 4 }).dataSync());
  for (const value of drawRotations({ ...shape, numHashes: 4, seed: 6 }).dataSync()) values.add(value);
  expect(values.size).toBe(2 * 2 * 4 * 4 * 5);
});

test("drawn from the normal distribution", () => {
  const { mean, variance } = tf.moments(
    drawRotations({ heads: 4, depth: 64, numHashes: 4, numBuckets: 64, seed: 1 }),
  );
  expect(mean.dataSync()).toBeAllClose([0], { absolute: 0.02 });
  expect(variance.dataSync()).toBeAllClose([1], { absolute: 0.03 });
});
