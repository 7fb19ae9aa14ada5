/** Prompts in segments on layers of kernels' widths: the ends of attention run fused where the backend can. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import { createDecoder, createReformer, initializeParameters, resolveConfig } from "../../src/index";
import { fullPass } from "../full-pass";

it("a prompt in segments predicts what the full pass does", async () => {
  const config = resolveConfig({
    vocabSize: 16,
    dModel: 32,
    dFF: 48,
    numHeads: 2,
    dHead: 16,
    layers: ["local", "lsh", "lsh"],
    chunkLength: 16,
    numBuckets: 8,
    numHashes: 2,
    maxLength: 256,
    positions: "rotary",
    initializerRange: 0.2,
  });
  const model = createReformer(config, initializeParameters(config, 3));
  const random = Random.fromSeed(5);
  const prompt = Int32Array.from({ length: 203 }, () => random.integer(16));
  const expected = await fullPass(model, prompt);
  const { numTensors } = tf.memory();
  for (const segmentLength of [48, 256]) {
    const decoder = createDecoder(model);
    const [logits] = await decoder.read([prompt], { segmentLength });
    expected.forEach((value, i) => expect(logits![i]).toBeCloseTo(value, 3));
    decoder.dispose();
  }
  expect(tf.memory().numTensors).toBe(numTensors);
  model.parameters.dispose();
});
