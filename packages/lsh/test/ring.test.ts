/** A window longer than the ring meets the same chunk several times, and every meeting counts, forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
  referenceLshAttention,
} from "../src/index";

const shape: [number, number, number, number] = [1, 2, 40, 8];
const random = Random.fromSeed(3);
const draw = () => tf.tensor4d(random.normals(shape.reduce((a, b) => a * b, 1)), shape);

describe("local attention over a ring of five chunks", () => {
  // Seen once, twice or three times by every query, a key weighs the same among the others: the result is full attention.
  it.each([4, 9, 14])("equals full attention when %i chunks before are seen", (chunksBefore) => {
    const [query, key, value, dOutput] = [draw(), draw(), draw(), draw()];
    const options = { chunkLength: 8, chunksBefore };
    const full = fullAttentionForward(query, key, value);
    const local = localAttentionForward(query, key, value, options);
    const expected = fullAttentionGrad(dOutput, { query, key, value, ...full });
    const computed = localAttentionGrad(dOutput, { query, key, value, ...local }, options);
    const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
    expect(difference(local.output, full.output)).toBeLessThan(1e-5);
    for (const name of ["dQuery", "dKey", "dValue"] as const) {
      expect.soft(difference(computed[name], expected[name]), name).toBeLessThan(1e-4);
    }
  });
});

describe("without the ring", () => {
  const length = 21;
  const sizes: [number, number, number, number] = [2, 2, length, 4];
  const make = (seed: number) =>
    tf.tensor4d(Random.fromSeed(seed).normals(sizes.reduce((a, b) => a * b, 1)), sizes);
  const [queryKey, value, dOutput] = [make(1), make(2), make(3)];

  it.each([
    [1, 0],
    [1, 1],
    [2, 1],
  ])(
    "a chunk sees only chunks of its round that exist (%i before, %i after)",
    (chunksBefore, chunksAfter) => {
      const chunking = { chunkLength: 4, chunksBefore, chunksAfter, causal: false };
      const options = { ...chunking, numBuckets: [2, 4], numHashes: 3, ring: false };
      const result = lshAttentionForward(queryKey, value, options);
      // The reference has no such option: it is given the empty chunks that open the ring.
      const paddedLength = 24 + 4 * Math.max(chunksBefore, chunksAfter);
      const reference = referenceLshAttention(
        { batch: 2, heads: 2, length, depth: 4 },
        { queryKey: queryKey.dataSync(), value: value.dataSync() },
        { ...chunking, paddedLength, numHashes: 3, buckets: result.buckets!.dataSync() },
      );
      expect(result.output).toBeAllClose(Float32Array.from(reference.output));
      const { dQueryKey, dValue } = lshAttentionGrad(dOutput, { queryKey, value, ...result }, options);
      const expected = reference.grad(dOutput.dataSync());
      expect(dQueryKey).toBeAllClose(Float32Array.from(expected.dQueryKey), {
        absolute: 5e-5,
        relative: 1e-4,
      });
      expect(dValue).toBeAllClose(Float32Array.from(expected.dValue), { absolute: 5e-5, relative: 1e-4 });
    },
  );

  it("keeps local attention that looks ahead from reaching around", () => {
    const options = { chunkLength: 4, chunksBefore: 0, chunksAfter: 1, causal: false };
    const changed = tf.concat([tf.ones([2, 2, 1, 4]), tf.slice(value, [0, 0, 1, 0])], 2);
    const lastOf = (v: tf.Tensor, ring: boolean) =>
      tf.slice(localAttentionForward(queryKey, queryKey, v, { ...options, ring }).output, [0, 0, 20, 0]);
    const change = (ring: boolean) =>
      tf.max(tf.abs(tf.sub(lastOf(changed, ring), lastOf(value, ring)))).dataSync()[0]!;
    expect(change(true)).toBeGreaterThan(1e-3);
    expect(change(false)).toBe(0);
  });

  it("hashes into as many buckets as with it", () => {
    const of = (ring: boolean) =>
      lshAttentionForward(queryKey, value, { chunkLength: 4, numBuckets: "auto", ring }).buckets!;
    expect(of(false)).toBeAllClose(of(true), { absolute: 0, relative: 0 });
  });
});

describe("hashed", () => {
  it("is what is hashed, while queries and keys are others", () => {
    const [queryKey, value, hashed] = [draw(), draw(), draw()];
    const options = { chunkLength: 8, numBuckets: 4 };
    const { buckets } = lshAttentionForward(hashed, value, options);
    const expected = lshAttentionForward(queryKey, value, { ...options, buckets: buckets! });
    expect(lshAttentionForward(queryKey, value, { ...options, hashed }).output).toBeAllClose(expected.output);
  });
});
