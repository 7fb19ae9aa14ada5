/** Strict routing against loops that read like its definition, and the causality that it exists for. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lshAttentionForward, lshAttentionGrad } from "../src/index";

const draw = (random: Random, shape: [number, number, number, number]) =>
  tf.tensor4d(random.normals(shape.reduce((a, b) => a * b, 1)), shape);
const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

/** Softmax over everything that strict routing shows to a query, one head, from given buckets. */
function expectedOutput(
  queryKey: number[][],
  value: number[][],
  buckets: number[][],
  { chunkLength, chunksBefore }: { chunkLength: number; chunksBefore: number },
): number[][] {
  const rank = (round: number, position: number) =>
    buckets[round]!.slice(0, position).filter((bucket) => bucket === buckets[round]![position]).length;
  return queryKey.map((query, i) => {
    const seen: number[] = [];
    buckets.forEach((ofRound, round) => {
      const chunk = Math.floor(rank(round, i) / chunkLength);
      for (let j = 0; j <= i; j++) {
        const other = Math.floor(rank(round, j) / chunkLength);
        if (ofRound[j] === ofRound[i] && other >= chunk - chunksBefore && other <= chunk) seen.push(j);
      }
    });
    const scores = seen.map((j) => {
      if (j === i) return -1e5;
      const key = queryKey[j]!;
      const rms = Math.sqrt(key.reduce((sum, x) => sum + x * x, 0) / key.length + 1e-6);
      return query.reduce((sum, x, d) => sum + x * key[d]!, 0) / rms / Math.sqrt(key.length);
    });
    const highest = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - highest));
    const total = weights.reduce((a, b) => a + b, 0);
    return value[0]!.map((_, d) =>
      seen.reduce((sum, j, n) => sum + (weights[n]! / total) * value[j]![d]!, 0),
    );
  });
}

const cases = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  length: fc.integer({ min: 1, max: 40 }),
  chunkLength: fc.integer({ min: 1, max: 8 }),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  numHashes: fc.integer({ min: 1, max: 3 }),
  numBuckets: fc.constantFrom(2, 4, [2, 4]),
});

describe("strict routing", () => {
  it("shows a query what its definition says", () => {
    fc.assert(
      fc.property(cases, ({ seed, length, ...sizes }) => {
        tf.tidy(() => {
          const random = Random.fromSeed(seed);
          const [queryKey, value] = [draw(random, [1, 1, length, 6]), draw(random, [1, 1, length, 6])];
          const options = { ...sizes, routing: "strict" as const, seed };
          const { output, buckets } = lshAttentionForward(queryKey, value, options);
          const plain = (x: tf.Tensor) => tf.squeeze(x, [0, 1]).arraySync() as number[][];
          const expected = expectedOutput(plain(queryKey), plain(value), plain(buckets!), sizes);
          expect(difference(tf.squeeze(output, [0, 1]), tf.tensor2d(expected))).toBeLessThan(1e-5);
        });
      }),
    );
  });

  it("is causal without conditions: later tokens change nothing before them", () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 39 }), ({ seed, length: shortest, ...sizes }, at) => {
        const length = shortest + 1;
        const from = 1 + (at % (length - 1));
        tf.tidy(() => {
          const random = Random.fromSeed(seed);
          const shape: [number, number, number, number] = [1, 2, length, 6];
          const [queryKey, value] = [draw(random, shape), draw(random, shape)];
          const options = { ...sizes, routing: "strict" as const, seed, maxLength: 64 };
          const whole = lshAttentionForward(queryKey, value, options).output;
          const earlier = (x: tf.Tensor) => tf.slice(x, [0, 0, 0, 0], [1, 2, from, 6]);
          const later = () => draw(random, [1, 2, length - from, 6]);
          const changed = lshAttentionForward(
            tf.concat([earlier(queryKey), later()], 2),
            tf.concat([earlier(value), later()], 2),
            options,
          ).output;
          expect(difference(earlier(whole), earlier(changed))).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it("shows a bucket once, however far a window looks back around the ring", () => {
    const random = Random.fromSeed(1);
    const [queryKey, value] = [draw(random, [1, 1, 2, 4]), draw(random, [1, 1, 2, 4])];
    const buckets = tf.zeros([1, 1, 1, 2], "int32");
    const options = { chunkLength: 2, numBuckets: 2, routing: "strict" as const, buckets };
    const [near, far] = [1, 3].map((chunksBefore) =>
      lshAttentionForward(queryKey, value, { ...options, chunksBefore }),
    );
    // The first token sees itself alone: -1e5, once.
    expect(near!.logSumExp.dataSync()[0]).toBe(-1e5);
    expect(difference(near!.logSumExp, far!.logSumExp)).toBe(0);
  });

  it("has the gradient of its loss", () => {
    const random = Random.fromSeed(4);
    const shape: [number, number, number, number] = [2, 2, 21, 6];
    const [queryKey, value, dOutput] = [draw(random, shape), draw(random, shape), draw(random, shape)];
    const options = { chunkLength: 4, numBuckets: 4, numHashes: 2, routing: "strict" as const };
    const ran = lshAttentionForward(queryKey, value, options);
    const { dQueryKey, dValue } = lshAttentionGrad(dOutput, { queryKey, value, ...ran }, options);
    const direction = draw(random, shape);
    const h = 1e-2;
    const loss = (q: tf.Tensor, v: tf.Tensor) =>
      tf
        .sum(tf.mul(lshAttentionForward(q, v, { ...options, buckets: ran.buckets! }).output, dOutput))
        .dataSync()[0]!;
    const along = (x: tf.Tensor, sign: number) => tf.add(x, tf.mul(direction, sign * h));
    const byQuery = (loss(along(queryKey, 1), value) - loss(along(queryKey, -1), value)) / (2 * h);
    const byValue = (loss(queryKey, along(value, 1)) - loss(queryKey, along(value, -1))) / (2 * h);
    expect(tf.sum(tf.mul(dQueryKey, direction)).dataSync()[0]).toBeCloseTo(byQuery, 1);
    expect(tf.sum(tf.mul(dValue, direction)).dataSync()[0]).toBeCloseTo(byValue, 1);
  });

  it("refuses to look ahead", () => {
    const x = draw(Random.fromSeed(1), [1, 1, 8, 4]);
    const options = { chunkLength: 4, numBuckets: 2, chunksAfter: 1, routing: "strict" as const };
    expect(() => lshAttentionForward(x, x, options)).toThrow("chunksAfter is 1 with strict routing");
  });
});
