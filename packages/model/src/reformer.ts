/** The Reformer as a sentence: embed, run the reversible stack, concatenate the streams, predict. */
import { add, dispose, div, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";
import {
  backward,
  forward,
  infer,
  type GradientSink,
  type ReversibleBlock,
  type Streams,
} from "@reformer-ts/reversible";
import { attention } from "./attention";
import { attentionByHeads, splitsHeads } from "./attention-by-heads";
import { attentionMechanism } from "./attention-mechanism";
import { checkBatch, checkTokens, countTargets, requireTargets, type Batch } from "./batch";
import type { ReformerConfig } from "./config";
import { embedding, type Embedding } from "./embedding";
import { feedForward } from "./feed-forward";
import { headOf, type Head } from "./heads";
import type { Parameters } from "./parameters";
import type { Pass } from "./pass";
import { sharingSink, withSharedNames } from "./shared-parameters";

export interface Reformer {
  readonly config: ReformerConfig;
  readonly parameters: Parameters;
  readonly head: Head;
  embedding(pass: Pass): Embedding;
  blocks(pass: Pass): readonly ReversibleBlock[];
}

/** A model around parameters that the caller goes on owning. */
export function createReformer(config: ReformerConfig, given: Parameters): Reformer {
  const parameters = withSharedNames(config, given);
  return {
    config,
    parameters,
    head: headOf(config, parameters),
    embedding: (pass) => embedding(config, parameters, pass),
    blocks: (pass) =>
      config.layers.map((_, i) => ({
        f: splitsHeads(config, pass)
          ? attentionByHeads(config, parameters, i, pass)
          : attention(config, parameters, `layers.${i}.attention`, attentionMechanism(config, i, pass), pass),
        g: feedForward(config, parameters, `layers.${i}.feedForward`, pass),
      })),
  };
}

/** How a pass outside training may differ from the plain one. */
export type EncodeOptions = Omit<Pass, "training"> & {
  /** Seed of the rotations. */
  seed?: number;
};

/**
 * The two streams after the last layer, without dropout.
 *
 * @param tokens `[batch, length]` int32
 * @returns each `[batch, length, dModel]`; the caller owns them
 * @throws InputError when tokens are of another shape, or the sequence outgrows the position table
 */
export function encode(model: Reformer, tokens: Tensor2D, options: EncodeOptions = {}): Streams {
  checkTokens(model.config, tokens);
  const { seed = model.config.hashSeed, ...rest } = options;
  const pass = { ...rest, training: false };
  const x = model.embedding(pass).forward(tokens, seed);
  return infer(model.blocks(pass), { x1: x, x2: x.clone() }, seed);
}

/**
 * Negative log-likelihood of a batch, summed over what is counted.
 *
 * @returns nats, owned by the caller, and how many targets were counted
 * @throws InputError when a token or the length does not fit the model
 */
export function evaluateBatch(
  model: Reformer,
  batch: Batch,
  options: EncodeOptions = {},
): { nats: Scalar; count: number } {
  checkBatch(model.config, batch);
  const nats = tidy(() => {
    const streams = encode(model, tensor2d(batch.inputs, [batch.batch, batch.length], "int32"), options);
    return model.head.nats(streams, batch.targets);
  });
  return { nats, count: countTargets(batch) };
}

export interface GradientOptions extends Omit<Pass, "training"> {
  /** Decides dropout and hash rotations of this pass. */
  seed: number;
  /** Owns every gradient it is given. Layers arrive from the last to the first. */
  sink: GradientSink;
  /** Layers, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers?: number;
  /** Targets that the loss is a mean of, when other processes count some of them; those of this batch by default. */
  count?: number;
}

/**
 * Mean negative log-likelihood per counted target, in nats, and the gradient of every parameter.
 *
 * @returns the loss; the caller owns it
 * @throws InputError when a token or the length does not fit the model, or nothing is counted
 */
export function lossAndGradients(
  model: Reformer,
  batch: Batch,
  { seed, sink, keepLayers = 0, count = countTargets(batch), ...rest }: GradientOptions,
): Scalar {
  checkBatch(model.config, batch);
  requireTargets(count);
  const pass = { ...rest, training: true };
  const sharing = sharingSink(model.config, sink);
  const embed = model.embedding(pass);
  const blocks = model.blocks(pass);

  const tokens = tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
  const x = embed.forward(tokens, seed);
  const { x1, x2, trace } = forward(blocks, { x1: x, x2: x.clone() }, { seed, keepLayers });
  const { nats, d1, d2 } = model.head.natsAndGrad({ x1, x2 }, batch.targets, count, sharing.sink);
  const pulled = backward(blocks, { x1, x2 }, { d1, d2 }, trace, sharing.sink);
  // Both streams start as copies of the embedding, so its gradient is their sum.
  const dx = add(pulled.d1, pulled.d2) as typeof x;
  dispose([pulled.d1, pulled.d2]);
  embed.pull(tokens, dx, seed, sharing.sink);
  sharing.flush();

  dispose([tokens, dx]);
  const loss = tidy(() => div(nats, count) as Scalar);
  nats.dispose();
  return loss;
}
