/**
 * A stack of reversible layers: memory of one, however many there are (§3, Gomez et al. 2017). Two half residuals make a
 * layer; how they run forward and back stands in halves.ts.
 *
 * Rebuilding is exact up to rounding: errors of about 1e-7 relative arise in every layer and add up with depth.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { backwardHalves, forwardHalves, inferHalves, type Streams, type Trace } from "./halves";
import type { GradientSink, Residual, ReversibleBlock } from "./residual";

export interface ForwardOptions {
  /** Decides all randomness inside the layers. */
  seed?: number;
  /** How many layers, counted from the input, keep their activations; 0 rebuilds all. */
  keepLayers?: number;
}

const halvesOf = (blocks: readonly ReversibleBlock[]): Residual[] => blocks.flatMap(({ f, g }) => [f, g]);

/**
 * Runs the stack. Takes `x1` and `x2` (disposes them as soon as they are no longer needed).
 *
 * @returns the output streams, owned by the caller, and the trace that {@link backward} takes
 */
export function forward(
  blocks: readonly ReversibleBlock[],
  streams: Streams,
  { seed = 0, keepLayers = 0 }: ForwardOptions = {},
): Streams & { trace: Trace } {
  return forwardHalves(halvesOf(blocks), streams, { seed, keepHalves: 2 * keepLayers });
}

/** Runs the stack without leaving anything for a backward pass. Takes `x1` and `x2`. */
export function infer(blocks: readonly ReversibleBlock[], streams: Streams, seed = 0): Streams {
  return inferHalves(halvesOf(blocks), streams, seed);
}

/**
 * Pulls gradients through the stack, rebuilding activations on the way. Takes everything: outputs, their gradients
 * and the trace. Parameter gradients go to `sink`, the last layer's first.
 *
 * @returns gradients of the input streams, owned by the caller
 * @throws InputError when the trace is not that of these blocks, or has been used before
 */
export function backward(
  blocks: readonly ReversibleBlock[],
  outputs: Streams,
  gradients: { d1: Tensor; d2: Tensor },
  trace: Trace,
  sink: GradientSink,
): { d1: Tensor; d2: Tensor } {
  return backwardHalves(halvesOf(blocks), outputs, gradients, trace, sink);
}
