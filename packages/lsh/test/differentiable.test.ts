/** The ops as a user's own model meets them: on a tape, with other ops around them. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { expectNoLeak } from "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  type ChunkedOptions,
  fullAttention,
  fullAttentionForward,
  fullAttentionGrad,
  localAttention,
  localAttentionForward,
  localAttentionGrad,
  lshAttention,
  lshAttentionForward,
  lshAttentionGrad,
  type LshOptions,
} from "../src/index";
import { drawHeads } from "./cases";

const sizes = { batch: 2, heads: 2, length: 21, depth: 4 };
const [a, b, c, weight] = [1, 2, 3, 4].map((seed) => drawHeads(sizes, seed)) as [
  tf.Tensor4D,
  tf.Tensor4D,
  tf.Tensor4D,
  tf.Tensor4D,
];
const chunked: ChunkedOptions = { chunkLength: 5, dropout: { rate: 0.2, seed: 3 } };
const lsh: LshOptions = { ...chunked, numBuckets: [2, 4], numHashes: 3 };

test("lshAttention under tf.grads equals the explicit pair", () => {
  const [dQueryKey, dValue] = tf.grads((x, v) => tf.sum(tf.mul(lshAttention(x!, v!, lsh), weight)))([a, b]);
  const result = lshAttentionForward(a, b, lsh);
  const expected = lshAttentionGrad(weight, { queryKey: a, value: b, ...result }, lsh);
  expect(lshAttention(a, b, lsh)).toBeAllClose(result.output);
  expect(dQueryKey!).toBeAllClose(expected.dQueryKey);
  expect(dValue!).toBeAllClose(expected.dValue);
});

test("localAttention under tf.grads equals the explicit pair", () => {
  const grads = tf.grads((q, k, v) => tf.sum(tf.mul(localAttention(q!, k!, v!, chunked), weight)))([a, b, c]);
  const result = localAttentionForward(a, b, c, chunked);
  const expected = localAttentionGrad(weight, { query: a, key: b, value: c, ...result }, chunked);
  expect(grads[0]!).toBeAllClose(expected.dQuery);
  expect(grads[1]!).toBeAllClose(expected.dKey);
  expect(grads[2]!).toBeAllClose(expected.dValue);
});

/** Causal attention as anybody would write it. */
function plain(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor4D {
  const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(sizes.depth));
  const later = tf.sub(1, tf.linalg.bandPart(tf.ones([sizes.length, sizes.length]), -1, 0));
  return tf.matMul(tf.softmax(tf.sub(scores, tf.mul(later, 1e9))), v) as tf.Tensor4D;
}

test("fullAttention under tf.grads equals the explicit pair, and what the tape makes of plain ops", () => {
  const loss = (attend: typeof fullAttention) => (q?: tf.Tensor, k?: tf.Tensor, v?: tf.Tensor) =>
    tf.sum(tf.mul(attend(q!, k!, v!), weight)) as tf.Scalar;
  const grads = tf.grads(loss(fullAttention))([a, b, c]);
  const byTape = tf.grads(loss(plain))([a, b, c]);
  const saved = { query: a, key: b, value: c, ...fullAttentionForward(a, b, c) };
  const explicit = Object.values(fullAttentionGrad(weight, saved));
  grads.forEach((gradient, i) => {
    expect(gradient).toBeAllClose(byTape[i]!);
    expect(gradient).toBeAllClose(explicit[i]!);
  });
});

test("a projection around lshAttention trains under tf.variableGrads", () => {
  const projection = tf.variable(
    tf.reshape(tf.mul(drawHeads({ batch: 1, heads: 1, length: 4, depth: 4 }, 9), 0.5), [4, 4]),
  );
  const loss = () => {
    const x = tf.reshape(tf.matMul(tf.reshape(a, [-1, 4]), projection), a.shape);
    return tf.mean(
      tf.squaredDifference(lshAttention(x, x, { ...lsh, dropout: undefined }), weight),
    ) as tf.Scalar;
  };
  const before = loss().dataSync()[0]!;
  for (let step = 0; step < 5; step++) {
    const { grads } = tf.variableGrads(loss, [projection]);
    projection.assign(tf.sub(projection, tf.mul(0.5, grads[projection.name]!)));
  }
  expect(loss().dataSync()[0]).toBeLessThan(before);
  projection.dispose();
});

test("forward, backward and the differentiable ops keep no tensor", () => {
  const mask = tf.tidy(() =>
    tf.cast(tf.greater(tf.reshape(tf.slice(a, [0, 0, 0, 0], [2, 1, 21, 1]), [2, 21]), -1), "int32"),
  );
  for (const options of [
    lsh,
    { ...lsh, keyMask: mask, acrossBuckets: false, duplicateCorrection: true, chunksAfter: 1 },
  ]) {
    expectNoLeak(() => Object.values(lshAttentionForward(a, b, options)) as tf.Tensor[]);
    expectNoLeak(() => {
      const result = lshAttentionForward(a, b, options);
      const { dQueryKey, dValue } = lshAttentionGrad(weight, { queryKey: a, value: b, ...result }, options);
      return [...Object.values(result), dQueryKey, dValue] as tf.Tensor[];
    });
    expectNoLeak(() => tf.grads((x, v) => lshAttention(x!, v!, options))([a, b]));
    expectNoLeak(() => lshAttention(a, b, options));
  }
  expectNoLeak(() => tf.grads((q, k, v) => localAttention(q!, k!, v!, chunked))([a, b, c]));
  expectNoLeak(() => tf.grads((q, k, v) => fullAttention(q!, k!, v!))([a, b, c]));
  expectNoLeak(() => {
    const result = fullAttentionForward(a, b, c);
    return { ...result, ...fullAttentionGrad(weight, { query: a, key: b, value: c, ...result }) };
  });
});

test("a mask made by the function that is differentiated is still there for its gradient", () => {
  const maskOf = () =>
    tf.cast(tf.greater(tf.reshape(tf.slice(a, [0, 0, 0, 0], [2, 1, 21, 1]), [2, 21]), -1), "int32");
  const keyMask = maskOf();
  const ops: ((x: tf.Tensor, mask: tf.Tensor) => tf.Tensor)[] = [
    (x, mask) => lshAttention(x, x, { ...lsh, keyMask: mask }),
    (x, mask) => localAttention(x, x, x, { ...chunked, keyMask: mask }),
    (x, mask) => fullAttention(x, x, x, { keyMask: mask }),
  ];
  for (const op of ops) {
    const [inside] = tf.grads((x) => op(x!, maskOf()))([a]);
    const [outside] = tf.grads((x) => op(x!, keyMask))([a]);
    expect(inside!).toBeAllClose(outside!, { absolute: 0, relative: 0 });
    expectNoLeak(() => tf.grads((x) => op(x!, maskOf()))([a]));
  }
});
