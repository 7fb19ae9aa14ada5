import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { memoryByDepth } from "./memory-by-depth";
import { rebuild } from "./rebuild";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

it("rebuilds every stream to rounding, and leaves nothing behind", async () => {
  const before = tf.memory().numTensors;
  const { layers } = await rebuild({ layers: 4, length: 64, dModel: 16, seed: 3 });
  expect(tf.memory().numTensors).toBe(before);
  expect(layers.length).toBe(4);
  for (const { x2, y1 } of layers) {
    for (const stream of [x2, y1]) {
      expect(stream.scale).toBeGreaterThan(1);
      expect(stream.error).toBeLessThan(1e-4 * stream.scale);
    }
  }
  // The last layer's y1 is at hand, not rebuilt; what lies below went through subtractions.
  expect(layers[3]!.y1.error).toBe(0);
  expect(layers[0]!.x2.error).toBeGreaterThan(0);
});

it("measures memory that grows with depth only when activations are kept", async () => {
  const before = tf.memory().numTensors;
  const reported: number[] = [];
  const points = await memoryByDepth(
    { depths: [1, 4], length: 64, dModel: 16, seed: 1 },
    { signal: new AbortController().signal, report: ({ depth }) => reported.push(depth) },
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(reported).toEqual([1, 4]);
  const [shallow, deep] = points as [(typeof points)[0], (typeof points)[0]];
  // Three layers more, each with a dozen tensors of [64, 16] and wider.
  expect(deep.keptBytes - shallow.keptBytes).toBeGreaterThan(3 * 12 * 64 * 16 * 4);
  // What stays per layer are the buckets: 64 positions, 2 heads, 4 bytes.
  expect(deep.reversibleBytes - shallow.reversibleBytes).toBeLessThanOrEqual(3 * 64 * 2 * 4);
});

it("stops between depths when it is told to", async () => {
  const controller = new AbortController();
  const asked = memoryByDepth(
    { depths: [1, 2, 3], length: 64, dModel: 16, seed: 1 },
    { signal: controller.signal, report: () => controller.abort() },
  );
  await expect(asked).rejects.toThrow("abort");
});
