/** One step of training: forward, backward, update. */
import type { Scalar } from "@tensorflow/tfjs-core";
import { clippingSink } from "./optim/clip";
import type { Optimizer } from "./optim/adam";
import type { Batch } from "./batch";
import type { Pass } from "./pass";
import { lossAndGradients, type Reformer } from "./reformer";

export interface TrainStepOptions extends Omit<Pass, "training"> {
  /** Decides dropout and hash rotations of this step. */
  seed: number;
  learningRate: number;
  /** Longest the gradients may be together; without it every gradient is applied as soon as it is known. */
  clipNorm?: number | null;
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
): { loss: Scalar; gradientNorm: Scalar | null } {
  optimizer.beginStep(learningRate);
  if (clipNorm === null) {
    const loss = lossAndGradients(model, batch, { ...pass, sink: optimizer.update });
    return { loss, gradientNorm: null };
  }
  const clipping = clippingSink();
  const loss = lossAndGradients(model, batch, { ...pass, sink: clipping.sink });
  return { loss, gradientNorm: clipping.flush(clipNorm, optimizer.update) };
}
