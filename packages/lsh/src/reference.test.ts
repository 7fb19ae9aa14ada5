import { numericGradient } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { expect, test } from "vitest";
import { type ReferenceChunking, referenceLocalAttention, referenceLshAttention } from "./index";

const sizes = { batch: 1, heads: 2, length: 7, depth: 3 };
const count = 2 * 7 * 3;
const draw = (seed: number) => Float64Array.from(Random.fromSeed(seed).normals(count));
const dot = (a: ArrayLike<number>, b: Float64Array) => b.reduce((sum, number, i) => sum + number * a[i]!, 0);

const chunking: ReferenceChunking = {
  chunkLength: 2,
  chunksBefore: 1,
  chunksAfter: 0,
  causal: true,
  paddedLength: 8,
};
const buckets = Int32Array.from({ length: 2 * 3 * 7 }, (_, i) => (i * 5 + (i >> 2)) % 4);

test.each<[string, Partial<ReferenceChunking>]>([
  ["one round", { buckets: buckets.slice(0, 14) }],
  ["three rounds", { buckets, numHashes: 3 }],
  ["counted once", { buckets, numHashes: 3, duplicateCorrection: true }],
  ["within buckets", { buckets, numHashes: 3, acrossBuckets: false, causal: false }],
  ["dropout, both neighbours", { buckets, numHashes: 3, chunksAfter: 1, dropout: { rate: 0.3, seed: 4 } }],
  ["key mask", { buckets, numHashes: 3, causal: false, keyMask: [1, 0, 1, 1, 1, 1, 0] }],
])("shared query-keys: the gradient is what differences say: %s", (_, options) => {
  const [queryKey, value, dOutput] = [draw(1), draw(2), draw(3)];
  const run = (x: Float64Array, v: Float64Array) =>
    referenceLshAttention(sizes, { queryKey: x, value: v }, { ...chunking, ...options });
  const { dQueryKey, dValue } = run(queryKey, value).grad(dOutput);
  expect(dQueryKey).toBeAllClose(
    numericGradient((x) => dot(run(x, value).output, dOutput), queryKey),
    { absolute: 1e-7 },
  );
  expect(dValue).toBeAllClose(
    numericGradient((v) => dot(run(queryKey, v).output, dOutput), value),
    { absolute: 1e-7 },
  );
});

function runLocal(query: Float64Array, key: Float64Array, value: Float64Array) {
  const options = { ...chunking, keyMask: [0, 0, 0, 0, 1, 1, 1] };
  return referenceLocalAttention(sizes, { query, key, value }, options);
}

test("separate queries and keys: the gradient is what differences say", () => {
  const [query, key, value, dOutput] = [draw(1), draw(2), draw(3), draw(4)];
  const { dQuery, dKey, dValue } = runLocal(query, key, value).grad(dOutput);
  expect(dQuery).toBeAllClose(
    numericGradient((q) => dot(runLocal(q, key, value).output, dOutput), query),
    { absolute: 1e-7 },
  );
  expect(dKey).toBeAllClose(
    numericGradient((k) => dot(runLocal(query, k, value).output, dOutput), key),
    { absolute: 1e-7 },
  );
  expect(dValue).toBeAllClose(
    numericGradient((v) => dot(runLocal(query, key, v).output, dOutput), value),
    { absolute: 1e-7 },
  );
});

test("two tokens, by hand: the first sees itself alone, the second the first", () => {
  const { output, logSumExp } = referenceLshAttention(
    { batch: 1, heads: 1, length: 2, depth: 1 },
    { queryKey: [2, 3], value: [10, 20] },
    { chunkLength: 2, chunksBefore: 0, chunksAfter: 0, causal: true, paddedLength: 2 },
  );
  expect(output).toBeAllClose([10, 10]);
  expect(logSumExp).toBeAllClose([-1e5, 3]);
});
