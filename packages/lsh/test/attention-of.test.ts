/** What is shown of attention is what attention does: every weight is held against the oracle. */
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  attentionOf,
  type AttentionView,
  lshAttentionForward,
  type ReferenceSizes,
  referenceLocalAttention,
  referenceLshAttention,
} from "../src/index";
import { chunkedCase, chunkedOptions, drawHeads, lshCase, lshOptions } from "./cases";

/** Every weight of an attention function, by giving it values that are 1 at one position and in one number. */
function weightsByOracle(sizes: ReferenceSizes, attend: (value: Float32Array) => { output: Float64Array }) {
  const { batch, heads, length, depth } = sizes;
  const groups = batch * heads;
  const weights = new Float64Array(groups * length * length);
  for (let first = 0; first < length; first += depth) {
    const value = new Float32Array(groups * length * depth);
    const count = Math.min(depth, length - first);
    for (let group = 0; group < groups; group++) {
      for (let d = 0; d < count; d++) value[(group * length + first + d) * depth + d] = 1;
    }
    const { output } = attend(value);
    for (let row = 0; row < groups * length; row++) {
      for (let d = 0; d < count; d++) weights[row * length + first + d] = output[row * depth + d]!;
    }
  }
  return weights;
}

function difference(
  { rows }: AttentionView,
  { heads, length }: ReferenceSizes,
  expected: Float64Array,
): number {
  let largest = 0;
  for (const { batch, head, query, keys } of rows) {
    const from = ((batch * heads + head) * length + query) * length;
    const shown = new Float64Array(length);
    for (const { position, weight } of keys) shown[position] = weight;
    shown.forEach((weight, j) => (largest = Math.max(largest, Math.abs(weight - expected[from + j]!))));
  }
  return largest;
}

const everyThird = (length: number) =>
  Array.from({ length: Math.ceil(length / 3) }, (_, i) => length - 1 - 3 * i);

test("LSH attention", () => {
  fc.assert(
    fc.property(lshCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, referenceWith } = lshOptions({ ...testCase, dropoutRate: 0 });
        const queryKey = drawHeads(sizes, seed);
        const { buckets } = lshAttentionForward(queryKey, queryKey, options);
        const queries = everyThird(sizes.length);
        const view = attentionOf({ queryKey, ...options }, queries);
        expect(view.rows).toHaveLength(sizes.batch * sizes.heads * queries.length);
        expect(view.buckets && [...view.buckets]).toEqual(buckets && [...buckets.dataSync()]);
        const expected = weightsByOracle(sizes, (value) =>
          referenceLshAttention(sizes, { queryKey: queryKey.dataSync(), value }, referenceWith(buckets)),
        );
        expect(difference(view, sizes, expected)).toBeLessThan(1e-5);
      }),
    ),
  );
});

test("local and full attention", () => {
  fc.assert(
    fc.property(chunkedCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, reference } = chunkedOptions({ ...testCase, dropoutRate: 0 });
        const [query, key] = [drawHeads(sizes, seed), drawHeads(sizes, seed + 1)];
        const view = attentionOf({ query, key, ...options }, everyThird(sizes.length));
        expect(view.buckets).toBeNull();
        const inputs = { query: query.dataSync(), key: key.dataSync() };
        const expected = weightsByOracle(sizes, (value) =>
          referenceLocalAttention(sizes, { ...inputs, value }, reference),
        );
        expect(difference(view, sizes, expected)).toBeLessThan(1e-5);
      }),
    ),
  );
});

test("strict routing shows what it attends to", () => {
  const sizes = { batch: 1, heads: 2, length: 40, depth: 4 };
  const queryKey = drawHeads(sizes, 5);
  const value = drawHeads(sizes, 6);
  const options = { chunkLength: 4, numBuckets: 4, numHashes: 2, routing: "strict" } as const;
  const { rows } = attentionOf({ queryKey, ...options }, [0, 17, 39]);
  const [values, output] = [
    value.dataSync(),
    lshAttentionForward(queryKey, value, options).output.dataSync(),
  ];
  for (const { head, query, keys } of rows) {
    for (let d = 0; d < 4; d++) {
      const sum = keys.reduce((total, { position, weight }) => {
        expect(position).toBeLessThanOrEqual(query);
        return total + weight * values[(head * 40 + position) * 4 + d]!;
      }, 0);
      expect(sum).toBeCloseTo(output[(head * 40 + query) * 4 + d]!, 5);
    }
  }
});

test("a query of a long sequence costs its windows, and no tensor is left", () => {
  const shape: [number, number, number, number] = [1, 1, 16_384, 8];
  const queryKey = tf.tensor4d(Random.fromSeed(1).normals(16_384 * 8), shape);
  const before = tf.memory().numTensors;
  const { rows } = attentionOf({ queryKey, chunkLength: 32, numBuckets: [16, 32], numHashes: 2 }, [12_345]);
  expect(rows[0]!.keys.length).toBeLessThanOrEqual(2 * 64);
  expect(rows[0]!.keys.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10);
  expect(tf.memory().numTensors).toBe(before);
  queryKey.dispose();
});

test("a position beyond the sequence is refused", () => {
  const queryKey = drawHeads({ batch: 1, heads: 1, length: 5, depth: 2 }, 1);
  expect(() => attentionOf({ queryKey, chunkLength: 4, numBuckets: 2 }, [5])).toThrow(
    "queries is 5, but must be positions from 0 to 4.",
  );
});
