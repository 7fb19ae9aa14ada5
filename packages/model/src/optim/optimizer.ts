/** What turns gradients into updates, one parameter at a time. */
import { add, mul, scalar, type Tensor } from "@tensorflow/tfjs-core";
import type { Parameters } from "../parameters";

export interface Optimizer {
  /** Steps taken so far. */
  readonly step: number;
  /** To be called once before the updates of a step. */
  beginStep(learningRate: number): void;
  /** Moves one parameter against its gradient. Takes `gradient`. */
  update(name: string, gradient: Tensor): void;
  /** Moments by name, owned by the optimizer; with {@link step}, everything that a checkpoint needs. */
  readonly moments: Parameters;
  /** Continues where a checkpoint stood. Takes `moments`. */
  restore(step: number, moments: Record<string, Tensor>): void;
  dispose(): void;
}

/** One parameter's update: what it becomes, and its moments by name. The optimizer takes them. */
export interface Moved {
  value: Tensor;
  moments: Record<string, Tensor>;
}

/**
 * An optimizer from the one thing that tells them apart. Takes `moments`.
 *
 * @param move from a parameter's name, its gradient, and the step's number (from 1) and learning rate
 */
export function createOptimizer(
  parameters: Parameters,
  moments: Parameters,
  move: (name: string, gradient: Tensor, at: { step: number; learningRate: number }) => Moved,
): Optimizer {
  let step = 0;
  let learningRate = 0;
  const keep = (tensors: Record<string, Tensor>) => {
    for (const [name, value] of Object.entries(tensors)) moments.set(name, value);
  };
  return {
    moments,
    get step() {
      return step;
    },
    beginStep(rate) {
      step++;
      learningRate = rate;
    },
    update(name, gradient) {
      const moved = move(name, gradient, { step, learningRate });
      keep(moved.moments);
      parameters.set(name, moved.value);
      gradient.dispose();
    },
    restore(from, tensors) {
      step = from;
      keep(tensors);
    },
    dispose: () => moments.dispose(),
  };
}

/** `share * old + (1 - share) * fresh` */
export const lerp = (fresh: Tensor, old: Tensor, share: number): Tensor =>
  add(mul(old, scalar(share)), mul(fresh, scalar(1 - share)));

/** Scales and offsets: they do not multiply inputs into features, and shrinking them only weakens what they undo. */
export function isNormOrBias(name: string): boolean {
  return /(^|\.)norm\.(scale|bias)$|bias$/i.test(name);
}
