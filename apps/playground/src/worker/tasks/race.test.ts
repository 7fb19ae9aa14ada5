import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { race, type RacePoint } from "./race";

const request = { lengths: [64, 128, 256], depth: 8, chunkLength: 16, numHashes: 1, seed: 1 };

beforeAll(async () => {
  await tf.setBackend("cpu");
});

it("times both at every length, and leaves nothing behind", async () => {
  const before = tf.memory().numTensors;
  const reported: RacePoint[] = [];
  const signal = new AbortController().signal;
  const points = await race(
    { ...request, patience: 60_000 },
    { signal, report: (point) => reported.push(point) },
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(reported).toEqual(points);
  expect(points.map(({ length }) => length)).toEqual(request.lengths);
  expect(points.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  for (const { length, full, lsh } of points) {
    expect(full!.milliseconds).toBeGreaterThan(0);
    expect(lsh!.milliseconds).toBeGreaterThan(0);
    // Both hold at least the output.
    expect(Math.min(full!.bytes, lsh!.bytes)).toBeGreaterThanOrEqual(4 * length * request.depth);
  }
  const [first, , last] = points as [RacePoint, RacePoint, RacePoint];
  expect(last.full!.bytes).toBeGreaterThan(10 * first.full!.bytes);
});

it("says who failed and why, and lets the other run on", async () => {
  const signal = new AbortController().signal;
  const points = await race({ ...request, numHashes: 0, patience: 60_000 }, { signal, report: () => {} });
  expect(points[0]!.failure).toContain("lsh at 64 tokens: numHashes");
  expect(points.every(({ full, lsh }) => full !== undefined && lsh === undefined)).toBe(true);
});

it("runs no further with a runner that has lost patience", async () => {
  const signal = new AbortController().signal;
  const points = await race({ ...request, patience: 0 }, { signal, report: () => {} });
  expect(points.map(({ length }) => length)).toEqual([64]);
});
