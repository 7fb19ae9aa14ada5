/** What must hold of LSH attention whatever the implementation. */
import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { composedChunkAttention } from "../src/chunk-attention";
import { composedChunkAttentionGrad } from "../src/chunk-attention-grad";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  lshAttentionForward,
  lshAttentionGrad,
  sortByBucket,
} from "../src/index";
import { drawHeads, gradientTolerance, outputTolerance } from "./cases";

const sizes = { batch: 1, heads: 2, length: 24, depth: 5 };
const [queryKey, value, dOutput] = [1, 2, 3].map((seed) => drawHeads(sizes, seed)) as [
  tf.Tensor4D,
  tf.Tensor4D,
  tf.Tensor4D,
];

const upTo = (length: number, tensor: tf.Tensor) => tf.slice(tensor, [0, 0, 0, 0], [1, 2, length, 5]);

test.each([
  ["one round whose windows cover everything", { chunkLength: 8, chunksBefore: 2, numHashes: 1 }],
  ["the same, looking ahead", { chunkLength: 8, chunksBefore: 1, chunksAfter: 1, numHashes: 1 }],
  [
    "several rounds, every key counted once",
    { chunkLength: 8, chunksBefore: 2, numHashes: 4, duplicateCorrection: true },
  ],
  ["the whole ring of three rounds in every window", { chunkLength: 8, chunksBefore: 8, numHashes: 3 }],
])("is full attention over shared query-keys, forward and backward: %s", (_, options) => {
  const lsh = { ...options, numBuckets: 4 };
  const shared = { sharedQueryKey: true };
  const full = fullAttentionForward(queryKey, queryKey, value, shared);
  const result = lshAttentionForward(queryKey, value, lsh);
  expect(result.output).toBeAllClose(full.output, outputTolerance);
  const gradients = lshAttentionGrad(dOutput, { queryKey, value, ...result }, lsh);
  const expected = fullAttentionGrad(dOutput, { query: queryKey, key: queryKey, value, ...full }, shared);
  expect(gradients.dQueryKey).toBeAllClose(expected.dQuery, gradientTolerance);
  expect(gradients.dValue).toBeAllClose(expected.dValue, gradientTolerance);
});

/** Lengths, and numbers of everything that shapes a window. */
const window = fc.record({
  length: fc.integer({ min: 2, max: 30 }),
  chunkLength: fc.integer({ min: 1, max: 8 }),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  chunksAfter: fc.integer({ min: 0, max: 2 }),
  numHashes: fc.constantFrom(1, 2, 3),
  numBuckets: fc.constantFrom<number | number[]>(2, 6, [2, 4]),
  acrossBuckets: fc.boolean(),
  duplicateCorrection: fc.boolean(),
  ring: fc.boolean(),
  seed: fc.nat(),
});

test("rounds merge to full attention when every key is seen, however often, each counted once", () => {
  fc.assert(
    fc.property(window, fc.boolean(), ({ length, chunkLength, numHashes, numBuckets, seed }, causal) =>
      tf.tidy(() => {
        const ofLength = { batch: 1, heads: 2, length, depth: 5 };
        const [x, v] = [drawHeads(ofLength, seed), drawHeads(ofLength, seed + 1)];
        const chunksBefore = Math.ceil(length / chunkLength) * numHashes - 1;
        const options = {
          chunkLength,
          numBuckets,
          numHashes,
          seed,
          chunksBefore,
          causal,
          duplicateCorrection: true,
        };
        const full = fullAttentionForward(x, x, v, { sharedQueryKey: true, causal });
        expect(lshAttentionForward(x, v, options).output).toBeAllClose(full.output, outputTolerance);
      }),
    ),
  );
});

test("a later token never changes an earlier output, with the buckets held fixed", () => {
  fc.assert(
    fc.property(window, fc.nat(), ({ length, ...options }, at) =>
      tf.tidy(() => {
        const changed = at % length;
        const ofLength = { batch: 1, heads: 2, length, depth: 5 };
        const [x, v] = [drawHeads(ofLength, options.seed), drawHeads(ofLength, options.seed + 1)];
        const keep = tf.reshape(tf.cast(tf.less(tf.range(0, length), changed), "float32"), [1, 1, length, 1]);
        const replaced = (tensor: tf.Tensor, seed: number) =>
          tf.add(tf.mul(tensor, keep), tf.mul(drawHeads(ofLength, seed), tf.sub(1, keep)));
        const before = lshAttentionForward(x, v, options);
        const buckets = before.buckets ?? undefined;
        const after = lshAttentionForward(replaced(x, at), replaced(v, at + 1), { ...options, buckets });
        expect(upTo(changed, after.output)).toBeAllClose(upTo(changed, before.output), outputTolerance);
      }),
    ),
  );
});

test("local attention: a later token never changes an earlier output", () => {
  const changed = tf.concat([tf.slice(value, [0, 0, 0, 0], [1, 2, 13, 5]), tf.ones([1, 2, 11, 5])], 2);
  const options = { chunkLength: 4, chunksBefore: 1, chunksAfter: 1 };
  const before = localAttentionForward(queryKey, value, value, options).output;
  const after = localAttentionForward(queryKey, changed, changed, options).output;
  expect(upTo(13, after)).toBeAllClose(upTo(13, before), { absolute: 0, relative: 0 });
});

test("how the work is cut into segments changes nothing", () => {
  const { order, inverse } = sortByBucket(
    lshAttentionForward(queryKey, value, { chunkLength: 4, numBuckets: 6, numHashes: 2 }).buckets!,
    { paddedLength: 28 },
  );
  const [query, key, values, dOutputs] = [1, 2, 3, 4].map((seed) =>
    tf.reshape(drawHeads(sizes, seed), [2, 24, 5]),
  ) as tf.Tensor3D[];
  const inputs = { query: query!, key: key!, value: values!, order, inverse };
  const attributes = {
    numHashes: 2,
    paddedLength: 28,
    chunkLength: 4,
    chunksBefore: 1,
    chunksAfter: 1,
    causal: true,
    selfMask: true,
    duplicateCorrection: true,
    dropoutRate: 0.1,
    dropoutSeed: 8,
  };
  const run = (budget: number) => {
    const result = composedChunkAttention(inputs, attributes, budget);
    return {
      ...result,
      ...composedChunkAttentionGrad({ ...inputs, ...result, dOutput: dOutputs! }, attributes, budget),
    };
  };
  const whole = run(1 << 20);
  for (const budget of [1, 100, 28 * 12]) {
    const parts = run(budget);
    for (const name of ["output", "logSumExp", "dQuery", "dKey", "dValue"] as const) {
      expect(parts[name]).toBeAllClose(whole[name], { absolute: 1e-5 });
    }
  }
});

test("replayed buckets attend as the hash they came from; a mask hides keys and gets a bucket of its own", () => {
  const keyMask = tf.tensor2d([...Array.from({ length: 20 }, () => 1), 0, 0, 0, 0], [1, 24], "bool");
  const options = { chunkLength: 4, numBuckets: 6, numHashes: 2, keyMask };
  const first = lshAttentionForward(queryKey, value, options);
  const again = lshAttentionForward(queryKey, value, { ...options, seed: 99, buckets: first.buckets! });
  expect(again.output).toBeAllClose(first.output, { absolute: 0, relative: 0 });
  expect(Array.from(tf.slice(first.buckets!, [0, 0, 0, 20], [1, 2, 2, 4]).dataSync())).toEqual(
    Array.from({ length: 16 }, () => 6),
  );
  const elsewhere = tf.concat([tf.slice(value, [0, 0, 0, 0], [1, 2, 20, 5]), tf.ones([1, 2, 4, 5])], 2);
  const other = lshAttentionForward(queryKey, elsewhere, { ...options, buckets: first.buckets! });
  expect(upTo(20, other.output)).toBeAllClose(upTo(20, first.output), { absolute: 0, relative: 0 });
});
