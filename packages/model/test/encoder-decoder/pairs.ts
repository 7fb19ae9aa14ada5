/** Small models and small batches of pairs. */
import { Random } from "@reformer-ts/internal-random";
import type * as tf from "@tensorflow/tfjs-core";
import {
  createEncoderDecoder,
  initializeEncoderDecoder,
  pairLossAndGradients,
  resolveEncoderDecoder,
  type EncoderDecoder,
  type EncoderDecoderOptions,
  type PairBatch,
} from "../../src/index";

export const vocabSize = 11;

export const small: EncoderDecoderOptions = {
  vocabSize,
  dModel: 16,
  dFF: 24,
  numHeads: 2,
  dHead: 8,
  encoderLayers: ["full", "full"],
  decoderLayers: ["full", "full", "full"],
  positions: "learned",
  maxLength: 64,
  chunkLength: 8,
  initializerRange: 0.2,
};

/** What the layers of a Reformer can be told, a side of this model passes on. */
export const borrowed: EncoderDecoderOptions = {
  positions: "rotary",
  activation: "geglu",
  numMemoryKeys: 2,
  embeddingDims: 6,
  tieLayers: true,
};

export function build(options: EncoderDecoderOptions = small, seed = 1): EncoderDecoder {
  const config = resolveEncoderDecoder(options);
  return createEncoderDecoder(config, initializeEncoderDecoder(config, seed));
}

/** Sources of which the second is three tokens shorter; targets that are partly ignored. Tokens from 2 up. */
export function randomPairs(sourceLength = 13, length = 9, seed = 5): PairBatch {
  const batch = 2;
  const random = Random.fromSeed(seed);
  const draw = (count: number) => Int32Array.from({ length: count }, () => 2 + random.integer(vocabSize - 2));
  const source = draw(batch * sourceLength).fill(0, 2 * sourceLength - 3);
  const targets = draw(batch * length).fill(-1, 2 * length - 2);
  return { source, sourceLength, inputs: draw(batch * length), targets, batch, length };
}

/** Every gradient on the host, and the loss. */
export function gradientsOf(model: EncoderDecoder, pairs: PairBatch, { keepLayers = 0, seed = 3 } = {}) {
  const gradients: Record<string, Float32Array> = {};
  const sink = (name: string, gradient: tf.Tensor) => {
    if (name in gradients) throw new Error(`${name} is given twice`);
    gradients[name] = gradient.dataSync() as Float32Array;
    gradient.dispose();
  };
  const loss = pairLossAndGradients(model, pairs, { seed, sink, keepLayers });
  const value = loss.dataSync()[0]!;
  loss.dispose();
  return { loss: value, gradients };
}
