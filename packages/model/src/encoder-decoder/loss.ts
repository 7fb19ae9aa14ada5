/** Loss of an encoder-decoder on pairs, its gradients, and one step of training. */
import { add, div, tensor2d, tidy, type Scalar, type Tensor, type Tensor3D } from "@tensorflow/tfjs-core";
import { deriveSeed } from "@reformer-ts/internal-random";
import { backwardHalves, forwardHalves, inferHalves, type GradientSink } from "@reformer-ts/reversible";
import { countTargets, requireTargets } from "../batch";
import { dropsActivations, inParts, partsOf, type GradientRun } from "../gradient-parts";
import type { Optimizer } from "../optim/optimizer";
import { summingSink } from "../residual";
import { takeStep, type StepOptions, type StepResult } from "../train-step";
import { checkPairBatch, sourceTensors, type PairBatch } from "./batch";
import { doubled, encodeForGradient, inferMemory } from "./memory";
import { decoderHalves, type EncoderDecoder } from "./model";
import { sideSinks, type Side } from "./parameters";

/** Rotations of the LSH layers of either side, as {@link Pass} has them. */
export type SideRotations = Partial<Record<Side, readonly Tensor[]>>;

export interface PairOptions {
  /** Seed of the rotations. */
  seed?: number;
  rotations?: SideRotations;
}

export interface PairGradientOptions {
  /** Decides dropout and hash rotations of this pass. */
  seed: number;
  /** Owns every gradient it is given, each once. The decoder's arrive first, layers from the last to the first. */
  sink: GradientSink;
  /** Layers of either side, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers?: number;
  /** Targets that the loss is a mean of, when other processes count some of them; those of this batch by default. */
  count?: number;
  rotations?: SideRotations;
}

/** The seed of one side. */
export const sideSeed = (seed: number, side: Side): number => deriveSeed(seed, side);

/** A pass of one side. */
const passOf = (training: boolean, rotations?: readonly Tensor[]) => ({
  training,
  ...(rotations ? { rotations } : {}),
});

/**
 * Negative log-likelihood of a batch, summed over what is counted, without dropout.
 *
 * @returns nats, owned by the caller, and how many targets were counted
 * @throws InputError when a token or a length does not fit the model
 */
export function evaluatePairs(
  model: EncoderDecoder,
  batch: PairBatch,
  { seed = model.config.hashSeed, rotations = {} }: PairOptions = {},
): { nats: Scalar; count: number } {
  checkPairBatch(model, batch);
  const nats = tidy(() => {
    const source = sourceTensors(model, batch);
    const encoderPass = passOf(false, rotations.encoder);
    const vectors = inferMemory(model, source, encoderPass, sideSeed(seed, "encoder"));
    const memory = { vectors, mask: source.mask };
    const { embedding, halves } = model.decoder(passOf(false, rotations.decoder), memory, discard);
    const tokens = tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
    const x = embedding.forward(tokens, sideSeed(seed, "decoder"));
    const streams = inferHalves(halves, doubled(x), sideSeed(seed, "decoder"));
    return model.head.nats(streams, batch.targets);
  });
  return { nats, count: countTargets(batch) };
}

/**
 * Mean negative log-likelihood per counted target, in nats, and the gradient of every parameter.
 *
 * The decoder's layers each give a gradient of the memory; their sum goes back through the encoder. Either stack keeps
 * the activations of one layer, however deep it is.
 *
 * @returns the loss; the caller owns it
 * @throws InputError when a token or a length does not fit the model, or nothing is counted
 */
export function pairLossAndGradients(
  model: EncoderDecoder,
  batch: PairBatch,
  { seed, sink, keepLayers = 0, count = countTargets(batch), rotations = {} }: PairGradientOptions,
): Scalar {
  checkPairBatch(model, batch);
  requireTargets(count);
  const source = sourceTensors(model, batch);
  const encoderOptions = { seed: sideSeed(seed, "encoder"), keepLayers };
  const encoded = encodeForGradient(model, source, passOf(true, rotations.encoder), encoderOptions);
  const memory = { vectors: encoded.vectors, mask: source.mask };

  const dMemory = summingSink();
  const giveMemory = (gradient: Tensor3D) => dMemory.sink("memory", gradient);
  const { embedding, halves } = model.decoder(passOf(true, rotations.decoder), memory, giveMemory);
  const decoderSeed = sideSeed(seed, "decoder");
  const tokens = tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
  const { trace, ...streams } = forwardHalves(halves, doubled(embedding.forward(tokens, decoderSeed)), {
    seed: decoderSeed,
    keepHalves: decoderHalves * keepLayers,
  });
  const sinks = sideSinks(model.config, sink);
  const ofHead: GradientSink = (name, gradient) =>
    (name.startsWith("norm.") ? sinks.decoder : sink)(name, gradient);
  const { nats, d1, d2 } = model.head.natsAndGrad(streams, batch.targets, count, ofHead);
  const pulled = backwardHalves(halves, streams, { d1, d2 }, trace, sinks.decoder);
  const dx = add(pulled.d1, pulled.d2) as Tensor3D;
  embedding.pull(tokens, dx, decoderSeed, sinks.decoder);
  for (const tensor of [tokens, dx, pulled.d1, pulled.d2]) tensor.dispose();
  dMemory.flush((_, gradient) => encoded.pull(gradient as Tensor3D, sinks.encoder));
  sinks.flush();

  source.tokens.dispose();
  source.mask.dispose();
  const loss = tidy(() => div(nats, count) as Scalar);
  nats.dispose();
  return loss;
}

/**
 * Moves the model's parameters once.
 *
 * @param batches one, or several that are taken as one, in the memory of one and of all gradients
 * @returns the mean loss in nats per counted target before the step, and the gradients' norm when it was taken; the
 * caller owns both
 * @throws InputError when a batch does not fit the model, or nothing is counted; then nothing was moved
 */
export function trainPairStep(
  model: EncoderDecoder,
  optimizer: Optimizer,
  batches: PairBatch | readonly PairBatch[],
  { learningRate, clipNorm, exchange, seed, ...pass }: StepOptions & Omit<PairGradientOptions, "sink">,
): StepResult {
  const { parts, count, seedOf } = partsOf(batches, { seed, drops: dropsActivations(model.config) });
  for (const batch of parts) checkPairBatch(model, batch);
  requireTargets(pass.count ?? count);
  const runs = parts.map((batch, i): GradientRun => {
    const options = { count, ...pass, seed: seedOf(i) };
    return (sink) => pairLossAndGradients(model, batch, { ...options, sink });
  });
  return takeStep(optimizer, { learningRate, clipNorm, exchange }, inParts(runs));
}

/** Nothing goes back. */
const discard = (gradient: Tensor) => gradient.dispose();
