import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { replayRandom } from "./replay";

function fail(): never {
  throw new Error("from inside");
}

const mask = (seed: number) =>
  tf.tidy(() => [...replayRandom(seed, () => tf.dropout(tf.ones([64]), 0.5)).dataSync()]);

test("a dropout without a seed draws the same mask for the same seed, and another for another", () => {
  expect(mask(1)).toEqual(mask(1));
  expect(mask(1)).not.toEqual(mask(2));
});

test("two draws within one run differ", () => {
  const [a, b] = replayRandom(3, () => [Math.random(), Math.random()]);
  expect(a).not.toBe(b);
});

test("Math.random is put back, also when the function throws", () => {
  const original = Math.random;
  expect(() => replayRandom(1, fail)).toThrow("from inside");
  expect(Math.random).toBe(original);
});
