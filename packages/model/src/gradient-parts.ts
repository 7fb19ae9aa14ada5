/**
 * Gradient accumulation: a step of several batches, one after another, in the memory of one. The first ones leave their gradients to
 * be added up. The last adds its own on the way through, so that a parameter still moves as soon as its gradient is
 * whole, and gradients meet those of other processes once a step.
 */
import { add, tidy, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { GradientSink } from "@reformer-ts/reversible";
import { countTargets, type Batch } from "./batch";
import { summingSink } from "./residual";

/** Gives gradients to a sink, which owns them, and returns the loss, which the caller owns. */
export type GradientRun = (sink: GradientSink) => Scalar;

/** The sum of the parts' losses and gradients. What the last part gives passes through in its order, each name once. */
export function inParts(parts: readonly GradientRun[]): GradientRun {
  if (parts.length === 1) return parts[0]!;
  return (sink) => {
    const earlier = new Map<string, Tensor>();
    const collected = summingSink();
    const losses = parts.slice(0, -1).map((run) => run(collected.sink));
    collected.flush((name, gradient) => earlier.set(name, gradient));
    const complete: GradientSink = (name, gradient) => {
      const before = earlier.get(name);
      if (before === undefined) return sink(name, gradient);
      earlier.delete(name);
      sink(name, add(before, gradient));
      before.dispose();
      gradient.dispose();
    };
    losses.push(parts.at(-1)!(complete));
    for (const [name, gradient] of earlier) sink(name, gradient);
    const loss = tidy(() => losses.reduce((total, part) => add(total, part) as Scalar));
    for (const part of losses) part.dispose();
    return loss;
  };
}

export interface Parts<B extends Batch> {
  parts: readonly B[];
  /** Targets that count in all of them. */
  count: number;
  /**
   * The seed of a part. All hash with the same rotations, as the windows of one batch do; where activations are dropped each has
   * numbers of its own, or the same places of every window would be hidden.
   */
  seedOf(part: number): number;
}

/** @throws InputError when there is no batch */
export function partsOf<B extends Batch>(
  batches: B | readonly B[],
  { seed, drops }: { seed: number; drops: boolean },
): Parts<B> {
  const parts = Array.isArray(batches) ? (batches as readonly B[]) : [batches as B];
  if (parts.length === 0)
    throw new InputError({ field: "batches", given: "empty", allowed: "one batch, or several" });
  return {
    parts,
    count: parts.reduce((total, part) => total + countTargets(part), 0),
    seedOf: (part) => (drops && part > 0 ? deriveSeed(seed, "part", part) : seed),
  };
}

/** Whether training drops activations at random. */
export function dropsActivations(config: {
  hiddenDropout: number;
  lshDropout: number;
  localDropout: number;
}): boolean {
  return Math.max(config.hiddenDropout, config.lshDropout, config.localDropout) > 0;
}
