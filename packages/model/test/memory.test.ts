/** The promise of reversible layers (§3): activations of one layer, whatever the depth. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  createReformer,
  initializeParameters,
  lossAndGradients,
  resolveConfig,
  type AttentionKind,
} from "../src/index";

/** Bytes of tensors that a backward pass needs at its peak, parameters set aside; gradients are let go as they come. */
async function peakActivations(depth: number, length: number, keepLayers = 0): Promise<number> {
  const kinds: AttentionKind[] = ["local", "lsh"];
  const config = resolveConfig({
    vocabSize: 64,
    dModel: 32,
    dFF: 64,
    numHeads: 2,
    dHead: 16,
    layers: Array.from({ length: depth }, (_, i) => kinds[i % 2]!),
    maxLength: length,
    chunkLength: 32,
  });
  const parameters = initializeParameters(config, 0);
  const model = createReformer(config, parameters);
  const inputs = Int32Array.from({ length }, (_, i) => (i * 7) % 64);
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    const options = { seed: 1, keepLayers, sink: (_: string, gradient: tf.Tensor) => gradient.dispose() };
    return lossAndGradients(model, { inputs, targets: inputs, batch: 1, length }, options);
  });
  parameters.dispose();
  return peakBytes - before;
}

it("stores the activations of one layer: 2 and 24 layers within 5%", async () => {
  const shallow = await peakActivations(2, 256);
  const deep = await peakActivations(24, 256);
  expect(deep / shallow).toBeLessThan(1.05);
  expect(deep / shallow).toBeGreaterThan(0.95);
});

it("grows with depth when layers are kept, so the measure can tell", async () => {
  const shallow = await peakActivations(2, 256, 2);
  const deep = await peakActivations(12, 256, 12);
  expect(deep / shallow).toBeGreaterThan(2);
});

it("is linear in length", async () => {
  const short = await peakActivations(2, 256);
  const long = await peakActivations(2, 2048);
  expect(long / short).toBeLessThan(8 * 1.1);
});
