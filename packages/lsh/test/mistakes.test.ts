/** Mistakes of a caller are one sentence: what, what was given, what is allowed. */
import { isInputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  crossAttentionGrad,
  fullAttentionForward,
  fullAttentionGrad,
  hashVectors,
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
  type LshOptions,
} from "../src/index";

const heads = tf.zeros([1, 2, 12, 4]);
const options: LshOptions = { chunkLength: 4, numBuckets: 4 };
const strict: LshOptions = { ...options, routing: "strict" };
const bucketsOf = (id: number) => tf.tensor4d(new Int32Array(24).fill(id), [1, 2, 1, 12]);
const saved = { query: heads, key: heads, value: heads, output: heads, logSumExp: tf.zeros([1, 2, 11]) };

function disposed(): tf.Tensor {
  const tensor = tf.zeros([1, 2, 12, 4]);
  tensor.dispose();
  return tensor;
}

test.each<[string, () => unknown]>([
  [
    "queryKey is of shape [12, 4], but must be [batch, heads, length, depth].",
    () => lshAttentionForward(tf.zeros([12, 4]), heads, options),
  ],
  ["value is of shape [1, 2, 11, 4]", () => lshAttentionForward(heads, tf.zeros([1, 2, 11, 4]), options)],
  [
    "value is of type int32, but must be float32.",
    () => lshAttentionForward(heads, tf.zeros([1, 2, 12, 4], "int32"), options),
  ],
  [
    "query is empty",
    () => fullAttentionForward(tf.zeros([0, 2, 12, 4]), tf.zeros([0, 2, 12, 4]), tf.zeros([0, 2, 12, 4])),
  ],
  [
    "chunkLength is 0, but must be an integer of at least 1.",
    () => lshAttentionForward(heads, heads, { ...options, chunkLength: 0 }),
  ],
  ["chunksBefore is -1", () => lshAttentionForward(heads, heads, { ...options, chunksBefore: -1 })],
  [
    "chunksAfter is 0.5",
    () => localAttentionForward(heads, heads, heads, { chunkLength: 4, chunksAfter: 0.5 }),
  ],
  [
    "paddedLength is 14, but must be a multiple of chunkLength (4) that is at least length (12).",
    () => lshAttentionForward(heads, heads, { ...options, paddedLength: 14 }),
  ],
  ["paddedLength is 8", () => lshAttentionForward(heads, heads, { ...options, paddedLength: 8 })],
  ["numHashes is 0", () => lshAttentionForward(heads, heads, { ...options, numHashes: 0 })],
  ["numBuckets is [3]", () => lshAttentionForward(heads, heads, { ...options, numBuckets: 3 })],
  [
    "maxLength is 0",
    () => lshAttentionForward(heads, heads, { ...options, numBuckets: "auto", maxLength: 0 }),
  ],
  [
    "dropout.rate is 1, but must be 0 or more and below 1.",
    () => lshAttentionForward(heads, heads, { ...options, dropout: { rate: 1, seed: 0 } }),
  ],
  [
    "keyMask is of shape [1, 11]",
    () => lshAttentionForward(heads, heads, { ...options, keyMask: tf.ones([1, 11], "int32") }),
  ],
  [
    "rotations is of shape [2, 4, 3, 2]",
    () => lshAttentionForward(heads, heads, { ...options, rotations: tf.zeros([2, 4, 3, 2]) }),
  ],
  [
    "buckets is of shape [1, 2, 2, 12]",
    () => lshAttentionForward(heads, heads, { ...options, buckets: tf.zeros([1, 2, 2, 12], "int32") }),
  ],
  [
    "buckets is of type float32, but must be int32.",
    () => lshAttentionForward(heads, heads, { ...options, buckets: tf.zeros([1, 2, 1, 12]) }),
  ],
  ...(["classic", "strict"] as const).flatMap((routing): [string, () => unknown][] => [
    [
      "buckets is negative (-1), but must be 0 or more.",
      () => lshAttentionForward(heads, heads, { ...strict, routing, buckets: bucketsOf(-1) }),
    ],
    [
      "buckets is negative (-2147483648), but must be 0 or more.",
      () => lshAttentionForward(heads, heads, { ...strict, routing, buckets: bucketsOf(-(2 ** 31)) }),
    ],
    [
      "buckets is up to 4, but must be below 4.",
      () => lshAttentionForward(heads, heads, { ...strict, routing, buckets: bucketsOf(4) }),
    ],
    [
      "buckets is up to 2147483647, but must be below 4.",
      () => lshAttentionForward(heads, heads, { ...strict, routing, buckets: bucketsOf(2 ** 31 - 1) }),
    ],
  ]),
  [
    "numBuckets is [65536, 65536]",
    () => lshAttentionForward(heads, heads, { ...options, numBuckets: [65536, 65536] }),
  ],
  ["vectors is of type int32", () => hashVectors(tf.cast(heads, "int32"), tf.zeros([2, 4, 1, 2]), 4)],
  ["query is disposed, but must be", () => fullAttentionForward(disposed(), heads, heads)],
  ["value is disposed, but must be", () => lshAttentionForward(heads, disposed(), options)],
  ["logSumExp is of shape [1, 2, 11]", () => fullAttentionGrad(heads, saved)],
  ["logSumExp is of shape [1, 2, 11]", () => localAttentionGrad(heads, saved, { chunkLength: 4 })],
  ["logSumExp is of shape [1, 2, 11]", () => crossAttentionGrad(heads, saved)],
  [
    "logSumExp is of shape [1, 2, 11]",
    () => lshAttentionGrad(heads, { ...saved, queryKey: heads, buckets: bucketsOf(0) }, options),
  ],
  [
    "saved.buckets is null",
    () =>
      lshAttentionGrad(
        heads,
        { queryKey: heads, value: heads, output: heads, logSumExp: tf.zeros([1, 2, 12]), buckets: null },
        options,
      ),
  ],
])("%s", (message, call) => {
  const held = tf.memory().numTensors;
  const error = refusal(() => tf.tidy(() => void call()));
  expect(isInputError(error)).toBe(true);
  expect(String(error)).toContain(message);
  expect(tf.memory().numTensors).toBe(held);
});

function refusal(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}
