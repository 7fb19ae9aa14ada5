/** One step of training: forward, backward, update. */
import type { Scalar } from "@tensorflow/tfjs-core";
import { clippingSink } from "./optim/clip";
import type { Optimizer } from "./optim/optimizer";
import { checkBatch, requireTargets, type Batch } from "./batch";
import { dropsActivations, inParts, partsOf, type GradientRun } from "./gradient-parts";
import type { GradientSink } from "@reformer-ts/reversible";
import type { Pass } from "./pass";
import { lossAndGradients, type Reformer } from "./reformer";

export interface StepOptions {
  learningRate: number;
  /** Longest the gradients may be together; without it every gradient is applied as soon as it is known. */
  clipNorm?: number | null;
  /** Where gradients meet those of other processes; null when there are none. */
  exchange?: GradientExchange | null;
}

/** Gradients on their way through other processes: they go in as the backward pass finds them, and come out summed. */
export interface GradientExchange {
  /** Takes the gradient. */
  sink: GradientSink;
  /** Hands on every sum, once all processes have given their part. */
  flush(into: GradientSink): void;
}

export interface TrainStepOptions extends StepOptions, Omit<Pass, "training"> {
  /** Decides dropout and hash rotations of this step. */
  seed: number;
  /** Layers, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers?: number;
  /** Targets that the loss is a mean of, when other processes count some of them; those of this step by default. */
  count?: number;
}

/**
 * Moves the model's parameters once.
 *
 * @param batches one, or several that are taken as one, in the memory of one and of all gradients
 * @returns the mean loss in nats per counted target before the step, and the gradients' norm when it was taken; the
 * caller owns both
 * @throws InputError when a batch does not fit the model, or nothing is counted; then nothing was moved
 */
export function trainStep(
  model: Reformer,
  optimizer: Optimizer,
  batches: Batch | readonly Batch[],
  { learningRate, clipNorm = null, exchange = null, seed, ...pass }: TrainStepOptions,
): StepResult {
  const { parts, count, seedOf } = partsOf(batches, { seed, drops: dropsActivations(model.config) });
  for (const batch of parts) checkBatch(model.config, batch);
  requireTargets(pass.count ?? count);
  const runs = parts.map((batch, i): GradientRun => {
    const options = { count, ...pass, seed: seedOf(i) };
    return (sink) => lossAndGradients(model, batch, { ...options, sink });
  });
  return takeStep(optimizer, { learningRate, clipNorm, exchange }, inParts(runs));
}

/** The caller owns both. */
export interface StepResult {
  loss: Scalar;
  gradientNorm: Scalar | null;
}

/** Moves whatever `run` gives gradients of. */
export function takeStep(
  optimizer: Optimizer,
  { learningRate, clipNorm = null, exchange = null }: StepOptions,
  run: GradientRun,
): StepResult {
  optimizer.beginStep(learningRate);
  const intoAll = (into: GradientSink) => {
    if (exchange === null) return run(into);
    const loss = run(exchange.sink);
    exchange.flush(into);
    return loss;
  };
  if (clipNorm === null) return { loss: intoAll(optimizer.update), gradientNorm: null };
  const clipping = clippingSink();
  const loss = intoAll(clipping.sink);
  return { loss, gradientNorm: clipping.flush(clipNorm, optimizer.update) };
}
