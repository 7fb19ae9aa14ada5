/** A whole LSH layer forward on the device: how many programs, how large their tensors, and that nothing is waited for. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { watchDevice } from "../internal/testkit/src/index";
import { createReformer, initializeParameters, resolveConfig } from "../packages/model/src/index";
import { infer } from "../packages/reversible/src/index";

const [length, heads, depth] = [256, 2, 64];
/** Wider than the heads together: streams are changed where they stand. */
const dModel = 256;

/** Attention with its layer norm and feed-forward layer with its own, both added to their streams. */
async function layerForward(numHashes: number) {
  const config = resolveConfig({
    vocabSize: 16,
    dModel,
    dFF: 512,
    numHeads: heads,
    dHead: depth,
    layers: ["lsh"],
    maxLength: length,
    chunkLength: 64,
    numHashes,
    numBuckets: 16,
  });
  const parameters = initializeParameters(config, 1);
  const blocks = createReformer(config, parameters).blocks({ training: false });
  const run = (x1: tf.Tensor, x2: tf.Tensor) => infer(blocks, { x1, x2 }, 7);
  /** On the device. */
  const stream = (seed: number) =>
    tf.tidy(() => tf.add(tf.randomNormal([1, length, dModel], 0, 1, "float32", seed), 0));
  // Once unobserved, for weights to get there too.
  tf.dispose(Object.values(run(stream(1), stream(2))));
  const streams = [stream(3), stream(4)] as const;
  const { result, use } = watchDevice(() => run(...streams));
  const [y1, y2] = await Promise.all([result.x1.data(), result.x2.data()]);
  expect([...y1, ...y2].every(Number.isFinite)).toBe(true);
  tf.dispose(Object.values(result));
  parameters.dispose();
  return use;
}

test.for([
  [1, 12],
  [4, 16],
] as const)("with %i rounds it takes %i programs", async ([numHashes, count]) => {
  const use = await layerForward(numHashes);
  expect(use.dispatches, use.dispatches.join(", ")).toHaveLength(count);
  expect(use.readBacks).toBe(0);
  expect(use.largestBuffer).toBeLessThanOrEqual(heads * length * depth);
});
