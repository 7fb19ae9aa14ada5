/**
 * What is trained, by the few things that a loop asks of it. Everything around a step (batches, checkpoints, processes,
 * metrics) is the same for models that go on with a sequence and for those that read one and write another.
 */
import type { Batch } from "@reformer-ts/data";
import type { GradientExchange, MemoryChoices, Optimizer, Parameters, StepResult } from "@reformer-ts/model";
import type { Scalar } from "@tensorflow/tfjs-core";
import type { Model } from "./model-config";

export interface Learner {
  /** For the task's own samples. */
  readonly model: Model;
  readonly parameters: Parameters;
  /** What it foretells are tokens 0 … vocabSize - 1. */
  readonly vocabSize: number;
  /** Whether training drops activations at random. */
  readonly drops: boolean;
  /**
   * Moves the parameters once, for several batches as for one.
   *
   * @returns the loss, as this process' share of the mean over `count` targets, and the gradients' norm; the caller owns both
   * @throws InputError when a batch does not fit the model
   */
  step(optimizer: Optimizer, batches: readonly Batch[], options: LearnerStep): StepResult;
  /**
   * Negative log-likelihood of a batch in nats, summed over what counts, without dropout; the caller owns it.
   *
   * @throws InputError when the batch does not fit the model
   */
  evaluate(batch: Batch): { nats: Scalar; count: number };
}

export interface LearnerStep {
  /** Decides dropout and hash rotations. */
  seed: number;
  learningRate: number;
  clipNorm: number | null;
  /** Null: everything is recomputed. */
  plan: MemoryChoices | null;
  exchange: GradientExchange | null;
  /** Targets that count, in all processes together. */
  count: number;
}
