import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { expectNoLeak, numericGradient } from "./index";

test("toBeAllClose adds an absolute and a relative tolerance", () => {
  expect(tf.tensor1d([1, 1000])).toBeAllClose([1.00001, 1000.009]);
  expect([1, 1000]).not.toBeAllClose(Float32Array.of(1, 1000.1));
  expect([0.001]).not.toBeAllClose([0], { absolute: 1e-4, relative: 1 });
  expect([Number.NaN]).not.toBeAllClose([Number.NaN]);
});

test("toBeAllClose names the worst element and the shapes", () => {
  expect(() => expect([1, 2, 3]).toBeAllClose([1, 2.1, 4])).toThrow(
    /element 2 of 3 numbers is 3, expected 4/,
  );
  expect(() => expect(tf.zeros([2, 3])).toBeAllClose(tf.zeros([3, 2]))).toThrow(/\[2, 3\].*\[3, 2\]/);
});

test("expectNoLeak takes what is returned and sees what is not", () => {
  expectNoLeak(() => tf.ones([3]));
  expect(() =>
    expectNoLeak(() => {
      tf.ones([3]);
      return [];
    }),
  ).toThrow("numTensors");
});

test("numericGradient of a cubic", () => {
  const gradient = numericGradient(([x, y]) => x! ** 3 * y!, Float64Array.of(2, 5));
  expect(gradient).toBeAllClose([60, 8], { absolute: 1e-6 });
});
