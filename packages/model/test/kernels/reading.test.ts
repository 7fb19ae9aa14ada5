/** Prompts in segments on layers of kernels' widths: the ends of attention run fused where the backend can. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import { createDecoder, createReformer, encode, initializeParameters, resolveConfig } from "../../src/index";

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
  const full = tf.tidy(() => {
    const { x1, x2 } = encode(model, tf.tensor2d(prompt, [1, prompt.length], "int32"));
    const last = (x: tf.Tensor) =>
      tf.reshape(tf.slice(x, [0, prompt.length - 1], [-1, 1]), [1, -1]) as tf.Tensor2D;
    return model.head.logits(last(x1), last(x2));
  });
  const expected = await full.data();
  const { numTensors } = tf.memory();
  for (const segmentLength of [48, 256]) {
    const decoder = createDecoder(model);
    const [logits] = await decoder.read([prompt], { segmentLength });
    expected.forEach((value, i) => expect(logits![i]).toBeCloseTo(value, 3));
    decoder.dispose();
  }
  expect(tf.memory().numTensors).toBe(numTensors);
  full.dispose();
  model.parameters.dispose();
});
