/** One step of training: forward, backward, update. */
import type { Scalar } from "@tensorflow/tfjs-core";
import { clippingSink } from "./optim/clip";
import type { Optimizer } from "./optim/adam";
import type { Batch } from "./batch";
import type { GradientSink } from "@reformer-ts/reversible";
import type { Pass } from "./pass";
import { lossAndGradients, type Reformer } from "./reformer";

export interface StepOptions {
  learningRate: number;
  /** Longest the gradients may be together; without it every gradient is applied as soon as it is known. */
  clipNorm?: number | null;
}

export interface TrainStepOptions extends StepOptions, Omit<Pass, "training"> {
  /** Decides dropout and hash rotations of this step. */
  seed: number;
  /** Layers, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers?: number;
}

/**
 * Moves the model's parameters once.
 *
 * @returns the mean loss in nats per counted target before the step, and the gradients' norm when it was taken; the
 * caller owns both
 * @throws InputError when the batch does not fit the model
 */
export function trainStep(
  model: Reformer,
  optimizer: Optimizer,
  batch: Batch,
  { learningRate, clipNorm = null, ...pass }: TrainStepOptions,
): StepResult {
  const options = { learningRate, clipNorm };
  return takeStep(optimizer, options, (sink) => lossAndGradients(model, batch, { ...pass, sink }));
}

/** The caller owns both. */
export interface StepResult {
  loss: Scalar;
  gradientNorm: Scalar | null;
}

/** Moves whatever `run` gives gradients of; `run` returns the loss. */
export function takeStep(
  optimizer: Optimizer,
  { learningRate, clipNorm = null }: StepOptions,
  run: (sink: GradientSink) => Scalar,
): StepResult {
  optimizer.beginStep(learningRate);
  if (clipNorm === null) {
    return { loss: run(optimizer.update), gradientNorm: null };
  }
  const clipping = clippingSink();
  const loss = run(clipping.sink);
  return { loss, gradientNorm: clipping.flush(clipNorm, optimizer.update) };
}
