/** Halves that take turns on the streams: layers of any number of them, here three as in a decoder. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { autogradResidual } from "./autograd-residual";
import { backwardHalves, disposeTrace, forwardHalves, inferHalves } from "./halves";

const count = 9;
const weights = Array.from({ length: count }, (_, i) =>
  tf.variable(tf.randomNormal([4, 4], 0, 0.4, "float32", i), true, `halves.${i}`),
);
const halves = weights.map((w, i) =>
  autogradResidual((x, seed) => tf.dropout(tf.tanh(tf.matMul(x as tf.Tensor2D, w)), 0.2, undefined, seed), {
    [`w${i}`]: w,
  }),
);
const inputs = () => ({
  x1: tf.randomNormal([3, 4], 0, 1, "float32", 50),
  x2: tf.randomNormal([3, 4], 0, 1, "float32", 51),
});

function gradientsWith(keepHalves: number) {
  const gradients: Record<string, Float32Array> = {};
  const order: string[] = [];
  const { x1, x2, trace } = forwardHalves(halves, inputs(), { seed: 5, keepHalves });
  const ones = { d1: tf.onesLike(x1), d2: tf.fill(x2.shape, 2) };
  const { d1, d2 } = backwardHalves(halves, { x1, x2 }, ones, trace, (name, gradient) => {
    order.push(name);
    gradients[name] = gradient.dataSync() as Float32Array;
    gradient.dispose();
  });
  gradients["d1"] = d1.dataSync() as Float32Array;
  gradients["d2"] = d2.dataSync() as Float32Array;
  tf.dispose([d1, d2]);
  return { gradients, order };
}

test("each adds to one stream what it makes of the other", () => {
  tf.tidy(() => {
    const plain = weights.map((w) => autogradResidual((x) => tf.tanh(tf.matMul(x as tf.Tensor2D, w)), { w }));
    const { x1, x2 } = inputs();
    let [to, from]: [tf.Tensor, tf.Tensor] = [x1.clone(), x2.clone()];
    for (const w of weights) [to, from] = [from, tf.add(to, tf.tanh(tf.matMul(from as tf.Tensor2D, w)))];
    const result = inferHalves(plain, { x1, x2 });
    // After an odd number of halves the stream that was added to last is the first.
    expect(largestDifference(result.x1.dataSync(), from.dataSync())).toBeLessThan(1e-5);
    expect(largestDifference(result.x2.dataSync(), to.dataSync())).toBeLessThan(1e-5);
  });
});

test("however many are kept, gradients are the same, come last half first, and nothing is left behind", () => {
  const kept = gradientsWith(count);
  const before = tf.memory().numTensors;
  for (const keepHalves of [0, 1, 4, 5]) {
    const { gradients, order } = gradientsWith(keepHalves);
    expect(order).toEqual(Array.from({ length: count }, (_, i) => `w${count - 1 - i}`));
    for (const [name, gradient] of Object.entries(kept.gradients)) {
      expect.soft(largestDifference(gradients[name]!, gradient), name).toBeLessThan(1e-4);
    }
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("a trace that is not used can be let go", () => {
  const before = tf.memory().numTensors;
  const { x1, x2, trace } = forwardHalves(halves, inputs(), { keepHalves: 4 });
  disposeTrace(trace);
  tf.dispose([x1, x2]);
  expect(tf.memory().numTensors).toBe(before);
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
