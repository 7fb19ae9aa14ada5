/** Attention to another sequence: full attention, which the oracle holds, on sequences made equally long by padding. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { expectNoLeak } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  crossAttention,
  crossAttentionForward,
  crossAttentionGrad,
  fullAttentionForward,
  fullAttentionGrad,
} from "../src/index";
import { drawHeads, gradientTolerance, outputTolerance } from "./cases";

const crossCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  depth: fc.integer({ min: 1, max: 9 }),
  length: fc.integer({ min: 1, max: 20 }),
  sourceLength: fc.integer({ min: 1, max: 20 }),
  rate: fc.constantFrom(0, 0.3),
  seed: fc.nat(),
});

/** Zeros after the last position, up to `length`. */
const padTo = (x: tf.Tensor4D, length: number) =>
  tf.pad(x, [
    [0, 0],
    [0, 0],
    [0, length - x.shape[2]],
    [0, 0],
  ]);
const cut = (x: tf.Tensor4D, length: number) => tf.slice(x, [0, 0, 0, 0], [-1, -1, length, -1]);

/** A third of the keys masked, never the first. */
function drawMask(batch: number, length: number, seed: number): tf.Tensor2D {
  const random = Random.fromSeed(seed);
  const mask = Int32Array.from({ length: batch * length }, (_, i) =>
    i % length > 0 && random.integer(3) === 0 ? 0 : 1,
  );
  return tf.tensor2d(mask, [batch, length], "int32");
}

test("equals full attention of padded sequences, forward and backward", () => {
  fc.assert(
    fc.property(crossCase, ({ batch, heads, depth, length, sourceLength, rate, seed }) =>
      tf.tidy(() => {
        const query = drawHeads({ batch, heads, length, depth }, seed + 1);
        const [key, value] = [2, 3].map((n) =>
          drawHeads({ batch, heads, length: sourceLength, depth }, seed + n),
        ) as [tf.Tensor4D, tf.Tensor4D];
        const dOutput = drawHeads({ batch, heads, length, depth }, seed + 4);
        const keyMask = drawMask(batch, sourceLength, seed);
        const dropout = { rate, seed };
        const both = Math.max(length, sourceLength);
        const padded = [query, key, value].map((x) => padTo(x, both)) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const paddedMask = tf.pad(keyMask, [
          [0, 0],
          [0, both - sourceLength],
        ]);
        const options = { keyMask: paddedMask, dropout, causal: false };

        const actual = crossAttentionForward(query, key, value, { keyMask, dropout });
        const expected = fullAttentionForward(...padded, options);
        expect(actual.output).toBeAllClose(cut(expected.output, length), outputTolerance);

        const grads = crossAttentionGrad(dOutput, { query, key, value, ...actual }, { keyMask, dropout });
        const [q, k, v] = padded;
        const saved = { query: q, key: k, value: v, ...expected };
        const expectedGrads = fullAttentionGrad(padTo(dOutput, both), saved, options);
        expect(grads.dQuery).toBeAllClose(cut(expectedGrads.dQuery, length), gradientTolerance);
        expect(grads.dKey).toBeAllClose(cut(expectedGrads.dKey, sourceLength), gradientTolerance);
        expect(grads.dValue).toBeAllClose(cut(expectedGrads.dValue, sourceLength), gradientTolerance);
      }),
    ),
  );
});

const query = drawHeads({ batch: 2, heads: 2, length: 7, depth: 4 }, 1);
const [key, value] = [2, 3].map((seed) => drawHeads({ batch: 2, heads: 2, length: 11, depth: 4 }, seed)) as [
  tf.Tensor4D,
  tf.Tensor4D,
];

test("under tf.grads it equals what the tape makes of plain ops, and leaks nothing", () => {
  const plain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
    tf.matMul(tf.softmax(tf.div(tf.matMul(q, k, false, true), 2)), v);
  const gradsOf = (attend: (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor) =>
    tf.grads((q, k, v) => tf.sum(tf.square(attend(q!, k!, v!))))([query, key, value]);
  const byTape = gradsOf(plain);
  expectNoLeak(() => {
    const grads = gradsOf(crossAttention);
    grads.forEach((gradient, i) => expect(gradient).toBeAllClose(byTape[i]!, gradientTolerance));
    tf.dispose(grads);
  });
  tf.dispose(byTape);
});

test("more scores than exist at a time: rows in blocks give what each row gives alone", () => {
  tf.tidy(() => {
    const sizes = { batch: 1, heads: 1, depth: 2 };
    const q = drawHeads({ ...sizes, length: 700 }, 5);
    const [k, v] = [6, 7].map((seed) => drawHeads({ ...sizes, length: 2000 }, seed)) as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const { output } = crossAttentionForward(q, k, v);
    const last = crossAttentionForward(tf.slice(q, [0, 0, 699, 0], [1, 1, 1, 2]), k, v);
    expect(tf.slice(output, [0, 0, 699, 0], [1, 1, 1, 2])).toBeAllClose(last.output, outputTolerance);
  });
});

test("tells what does not fit", () => {
  const message = "value is of shape [2, 2, 7, 4], but must be [batch, heads, sourceLength, depth]";
  expect(() => crossAttention(query, key, query)).toThrow(message);
  expect(() => crossAttention(query, key, value, { keyMask: tf.ones([2, 7]) })).toThrow("keyMask");
});
