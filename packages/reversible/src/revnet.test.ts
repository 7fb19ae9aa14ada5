/** A reversible convolutional net (Gomez et al. 2017): the stack knows nothing of attention. */
import * as tf from "@tensorflow/tfjs-core";
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, test } from "vitest";
import { largestError, leaked, normal } from "../test/residuals";
import { autogradResidual, type AutogradResidual } from "./autograd-residual";
import { irreversibleStack } from "./irreversible";
import { parametersOf } from "./parameters";
import { reversibleStack, type StackFunction } from "./reversible-stack";

beforeAll(async () => {
  // The WASM backend has no gradient for the filter of a convolution.
  if (!tf.getKernel("Conv2DBackpropFilter", tf.getBackend())) await tf.setBackend("cpu");
});

/** Normalise over space, ReLU, convolve 3 by 3; x `[batch, height, width, channels]`. */
function convolution(name: string, channels: number): AutogradResidual {
  const filter = tf.variable(
    tf.mul(normal([3, 3, channels, channels], 4, name), 0.5 / Math.sqrt(9 * channels)) as tf.Tensor4D,
  );
  return autogradResidual(
    (x) => {
      const { mean, variance } = tf.moments(x, [1, 2], true);
      const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return tf.conv2d(tf.relu(normalised) as tf.Tensor4D, filter, 1, "same");
    },
    { [name]: filter },
  );
}

function revNet(depth: number, channels: number) {
  return Array.from({ length: depth }, (_, i) => ({
    f: convolution(`${i}.f`, channels),
    g: convolution(`${i}.g`, channels),
  }));
}

test("filters and images get the gradients of plain autograd", () => {
  const blocks = revNet(4, 3);
  const parameters = parametersOf(blocks);
  const gradientsThrough = (stack: StackFunction) =>
    tf.grads((images, ...filters) => {
      void filters;
      const [left, right] = tf.split(images!, 2, 3);
      const [y1, y2] = stack(left!, right!);
      return tf.sum(tf.square(tf.add(y1, tf.mul(y2, 2))));
    })([normal([2, 6, 6, 6], 4, "images"), ...Object.values(parameters)]);
  const left = leaked(() =>
    tf.tidy(() => {
      const expected = gradientsThrough(irreversibleStack(blocks));
      const actual = gradientsThrough(reversibleStack(blocks, parameters));
      actual.forEach((gradient, i) => expect(largestError(gradient, expected[i]!)).toBeLessThan(1e-4));
    }),
  );
  expect(left).toBe(0);
  tf.dispose(parameters);
});

test("learns to tell vertical from horizontal stripes", () => {
  const blocks = revNet(2, 2);
  const stack = reversibleStack(blocks, parametersOf(blocks));
  const readout = tf.variable(tf.zeros([4, 1]));
  const images = tf.tidy(() => {
    const stripes = tf.reshape(tf.tile(tf.tensor1d([1, -1]), [4]), [1, 8]);
    const horizontal = tf.tile(stripes, [8, 1]);
    const pair = tf.stack([horizontal, tf.transpose(horizontal)]);
    const batch = tf.tile(tf.reshape(pair, [2, 8, 8, 1]), [8, 1, 1, 4]);
    return tf.add(batch, tf.mul(normal([16, 8, 8, 4], 4, "noise"), 0.5));
  });
  const labels = tf.tidy(() => tf.reshape(tf.tile(tf.tensor1d([0, 1]), [8]), [16, 1]));
  const optimizer = tf.train.adam(0.03);
  const logits = () => {
    const [y1, y2] = stack(...(tf.split(images, 2, 3) as [tf.Tensor, tf.Tensor]));
    return tf.matMul(tf.mean(tf.relu(tf.concat([y1, y2], 3)), [1, 2]) as tf.Tensor2D, readout as tf.Tensor2D);
  };
  for (let step = 0; step < 40; step++) {
    tf.tidy(() => void optimizer.minimize(() => tf.losses.sigmoidCrossEntropy(labels, logits())));
  }
  const right = tf.tidy(
    () => tf.mean(tf.equal(tf.greater(logits(), 0), tf.cast(labels, "bool"))).dataSync()[0],
  );
  expect(right).toBe(1);
  optimizer.dispose();
  tf.dispose([parametersOf(blocks), readout, images, labels]);
});
