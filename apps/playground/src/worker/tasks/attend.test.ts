/** The page's numbers against the oracle: hash, order, weights and shares, from plain loops. */
import "@tensorflow/tfjs-backend-cpu";
import { drawRotations, referenceHash, referenceKeys, referenceLshAttention } from "@reformer-ts/lsh";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { explainPair } from "../../chapters/lsh/explain";
import { originalOrder, sortedOrder } from "../../chapters/lsh/matrix-cells";
import { type Picture, sequenceNames } from "../../chapters/lsh/picture";
import { attendRequest } from "../../chapters/lsh/request";
import { fields, type Settings, settle } from "../../chapters/lsh/settings";
import { roundsSeen } from "../../chapters/lsh/windows";
import { decode, encode } from "../../prepared/codec";
import { initialState } from "../../state/fields";
import { attend, type AttendRequest, type AttendResult } from "./attend";

const initial = settle(initialState(fields));
const cases: [string, Settings][] = [
  ["the first picture", initial],
  ["causal text, padded", { ...initial, causal: true, chunkLength: 6, numHashes: 3 }],
  [
    "within buckets, counted once",
    { ...initial, acrossBuckets: false, duplicateCorrection: true, numBuckets: 4 },
  ],
  ["points, look back far", { ...initial, source: "circle", chunksBefore: 2, numHashes: 4, seed: 5 }],
  ["own chunk alone", { ...initial, chunksBefore: 0, numHashes: 1, text: "abracadabra, abracadabra" }],
];

/** Weights are what a query returns that attends to one-hot values. */
function referenceWeights(
  request: AttendRequest,
  buckets: ArrayLike<number> | undefined,
  numHashes: number,
): Float64Array {
  const { length, depth, vectors, chunkLength, chunksBefore, causal, acrossBuckets, duplicateCorrection } =
    request;
  const width = Math.max(length, depth);
  const queryKey = new Float64Array(length * width);
  const value = new Float64Array(length * width);
  for (let i = 0; i < length; i++) {
    queryKey.set(vectors.subarray(i * depth, (i + 1) * depth), i * width);
    value[i * width + i] = 1;
  }
  const chunking =
    buckets === undefined
      ? { chunkLength: length, chunksBefore: 0, paddedLength: length }
      : { chunkLength, chunksBefore, paddedLength: Math.ceil(length / chunkLength) * chunkLength };
  const { output } = referenceLshAttention(
    { batch: 1, heads: 1, length, depth: width },
    { queryKey, value },
    { ...chunking, chunksAfter: 0, causal, buckets, numHashes, acrossBuckets, duplicateCorrection },
  );
  return Float64Array.from(
    { length: length * length },
    (_, cell) => output[Math.floor(cell / length) * width + (cell % length)]!,
  );
}

function referenceShare(full: Float64Array, seen: Float64Array, { length, causal }: AttendRequest): number {
  const first = causal ? 1 : 0;
  let share = 0;
  for (let cell = first * length; cell < full.length; cell++) if (seen[cell]! > 0) share += full[cell]!;
  return share / (length - first);
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce(
    (most, difference) => Math.max(most, difference),
    0,
  );

const total = ({ ink }: { ink: Float32Array }) => ink.reduce((sum, value) => sum + value ** 2, 0);

describe.each(cases)("%s", (_, settings) => {
  const request = attendRequest(settings);
  const { length, depth, numBuckets, maxHashes, numHashes, vectors, seed } = request;
  let result: AttendResult;
  let picture: Picture;
  let before: number;
  beforeAll(async () => {
    await tf.setBackend("cpu");
    before = tf.memory().numTensors;
    result = await attend(request);
    picture = { request, result, names: sequenceNames(settings) };
  });

  it("leaves no tensor behind", () => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it("hashes as the oracle does", () => {
    const rotations = drawRotations({ heads: 1, depth, numHashes: maxHashes, numBuckets, seed });
    const sizes = { batch: 1, heads: 1, length, depth };
    const expected = referenceHash(sizes, vectors, rotations.dataSync(), {
      numHashes: maxHashes,
      factors: [numBuckets],
    });
    rotations.dispose();
    expect([...result.buckets]).toEqual([...expected]);
  });

  it("sorts every round by bucket and position", () => {
    for (let round = 0; round < maxHashes; round++) {
      const bucket = (position: number) => result.buckets[round * length + position]!;
      const order = result.order.subarray(round * result.paddedLength, (round + 1) * result.paddedLength);
      const expected = Array.from({ length }, (__, i) => i).toSorted(
        (a, b) => bucket(a) - bucket(b) || a - b,
      );
      expect([...order.subarray(0, length)]).toEqual(expected);
    }
  });

  it("shows the oracle's weights, scores and shares", () => {
    const full = referenceWeights(request, undefined, 1);
    expect(largestDifference(result.fullWeights, full)).toBeLessThan(1e-5);
    const { key } = referenceKeys(depth, vectors);
    for (const [i, j] of [
      [0, 1],
      [length - 1, 3],
    ] as const) {
      const score = Array.from(
        { length: depth },
        (__, d) => vectors[i * depth + d]! * key[j * depth + d]!,
      ).reduce((a, b) => a + b);
      expect(result.scores[i * length + j]).toBeCloseTo(score, 3);
    }
    for (const rounds of [1, numHashes, maxHashes]) {
      const weights = referenceWeights(request, result.buckets.slice(0, rounds * length), rounds);
      expect(result.shares[rounds - 1]).toBeCloseTo(referenceShare(full, weights, request), 4);
    }
    const merged = referenceWeights(request, result.buckets.slice(0, numHashes * length), numHashes);
    expect(largestDifference(result.lshWeights, merged)).toBeLessThan(1e-5);
    const local = referenceWeights(request, new Int32Array(length), 1);
    expect(result.localShare).toBeCloseTo(referenceShare(full, local, request), 4);
  });

  it("finds in the drawn windows exactly what attention saw", () => {
    for (let query = 0; query < length; query++) {
      for (let key = 0; key < length; key++) {
        if (query === key) continue;
        const isSeen = result.lshWeights[query * length + key]! > 0;
        expect(roundsSeen(picture, query, key).length > 0).toBe(isSeen);
      }
    }
  });

  it("inks the same weight in both matrices", () => {
    const [original, sorted] = [originalOrder(picture, 0), sortedOrder(picture, 0)];
    expect(total(sorted)).toBeCloseTo(total(original), 2);
    for (let cell = 0; cell < original.ink.length; cell++) {
      expect(original.colour[cell]! >= 0).toBe(original.looked[cell] === 1);
    }
  });

  it("prints a formula that holds", () => {
    const { score, logSumExp, fullWeight } = explainPair(picture, length - 1, 2);
    expect(logSumExp).toBeDefined();
    expect(Math.exp(score - logSumExp!)).toBeCloseTo(fullWeight, 6);
  });

  it("survives being stored with the page", () => {
    const stored = decode<AttendResult>(encode(result));
    expect(stored.buckets).toEqual(result.buckets);
    expect(stored.order).toEqual(result.order);
    expect(largestDifference(stored.fullWeights, result.fullWeights)).toBeLessThan(1e-4);
  });
});
