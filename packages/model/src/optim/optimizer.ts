/** What turns gradients into updates, one parameter at a time. */
import type { Tensor } from "@tensorflow/tfjs-core";
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

/** Scales and offsets: they do not multiply inputs into features, and shrinking them only weakens what they undo. */
export function isNormOrBias(name: string): boolean {
  return /(^|\.)norm\.(scale|bias)$|bias$/i.test(name);
}
