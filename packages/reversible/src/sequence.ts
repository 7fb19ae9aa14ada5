/**
 * A stack of reversible layers: memory of one, however many there are (§3, Gomez et al. 2017).
 *
 * Forward keeps the two streams and each layer's small saved state. Backward walks down from the outputs, rebuilding
 * every layer's inputs by subtraction. The first `keepLayers` layers may keep their activations instead: they are the
 * ones whose inputs the backward pass reaches last, so no boundary between kept and rebuilt layers needs storing.
 *
 * Rebuilding is exact up to rounding: errors of about 1e-7 relative arise in every layer and add up with depth.
 */
import { add, sub, type Tensor } from "@tensorflow/tfjs-core";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { GradientSink, Kept, ReversibleBlock, Saved } from "./residual";

/** What the forward pass left of one layer. */
type LayerTrace = { kind: "saved"; f: Saved; g: Saved } | { kind: "kept"; f: Kept; g: Kept };

/** What the forward pass of a stack left: per layer, saved state or kept activations. */
export interface Trace {
  readonly seed: number;
  readonly layers: LayerTrace[];
}

export interface Streams {
  x1: Tensor;
  x2: Tensor;
}

export interface ForwardOptions {
  /** Decides all randomness inside the layers. */
  seed?: number;
  /** How many layers, counted from the input, keep their activations; 0 rebuilds all. */
  keepLayers?: number;
}

/** The seed of one half of one layer. */
export function residualSeed(seed: number, layer: number, half: "f" | "g"): number {
  return deriveSeed(seed, "layer", layer, half);
}

/**
 * Runs the stack. Takes `x1` and `x2` (disposes them as soon as they are no longer needed).
 *
 * @returns the output streams, owned by the caller, and the trace that {@link backward} takes
 */
export function forward(
  blocks: readonly ReversibleBlock[],
  { x1, x2 }: Streams,
  { seed = 0, keepLayers = 0 }: ForwardOptions = {},
): Streams & { trace: Trace } {
  const layers: LayerTrace[] = [];
  for (const [i, { f, g }] of blocks.entries()) {
    const fSeed = residualSeed(seed, i, "f");
    const gSeed = residualSeed(seed, i, "g");
    if (i < keepLayers) {
      const keptF = f.keep(x2, fSeed);
      x1 = replaceBy(add, x1, keptF.y);
      const keptG = g.keep(x1, gSeed);
      x2 = replaceBy(add, x2, keptG.y);
      layers.push({ kind: "kept", f: keptF, g: keptG });
    } else {
      const ranF = f.forward(x2, fSeed);
      x1 = replaceBy(add, x1, ranF.y);
      const ranG = g.forward(x1, gSeed);
      x2 = replaceBy(add, x2, ranG.y);
      layers.push({ kind: "saved", f: ranF.saved, g: ranG.saved });
    }
  }
  return { x1, x2, trace: { seed, layers } };
}

/** Runs the stack without leaving anything for a backward pass. Takes `x1` and `x2`. */
export function infer(blocks: readonly ReversibleBlock[], { x1, x2 }: Streams, seed = 0): Streams {
  for (const [i, { f, g }] of blocks.entries()) {
    const ranF = f.forward(x2, residualSeed(seed, i, "f"));
    disposeAll(ranF.saved);
    x1 = replaceBy(add, x1, ranF.y);
    const ranG = g.forward(x1, residualSeed(seed, i, "g"));
    disposeAll(ranG.saved);
    x2 = replaceBy(add, x2, ranG.y);
  }
  return { x1, x2 };
}

/**
 * Pulls gradients through the stack, rebuilding activations on the way. Takes everything: outputs, their gradients
 * and the trace. Parameter gradients go to `sink`, the last layer's first.
 *
 * @returns gradients of the input streams, owned by the caller
 */
export function backward(
  blocks: readonly ReversibleBlock[],
  outputs: Streams,
  gradients: { d1: Tensor; d2: Tensor },
  trace: Trace,
  sink: GradientSink,
): { d1: Tensor; d2: Tensor } {
  let { x1: y1, x2: y2 } = outputs;
  let { d1, d2 } = gradients;
  for (let i = blocks.length - 1; i >= 0; i--) {
    const { f, g } = blocks[i]!;
    const layer = trace.layers.pop()!;
    if (layer.kind === "kept") {
      disposeAll([y1, y2]); // Nothing below is rebuilt.
      d1 = replaceBy(add, d1, layer.g.vjp(d2, sink));
      d2 = replaceBy(add, d2, layer.f.vjp(d1, sink));
      continue;
    }
    const pulledG = g.forwardAndGrad(y1, d2, layer.g, residualSeed(trace.seed, i, "g"), sink);
    disposeAll(layer.g);
    y2 = replaceBy(sub, y2, pulledG.y);
    d1 = replaceBy(add, d1, pulledG.dx);
    const pulledF = f.forwardAndGrad(y2, d1, layer.f, residualSeed(trace.seed, i, "f"), sink);
    disposeAll(layer.f);
    y1 = replaceBy(sub, y1, pulledF.y);
    d2 = replaceBy(add, d2, pulledF.dx);
  }
  disposeAll([y1, y2]);
  return { d1, d2 };
}

/** Releases a trace whose backward pass will not be run. */
export function disposeTrace(trace: Trace): void {
  for (const layer of trace.layers.splice(0)) {
    if (layer.kind === "kept") {
      layer.f.dispose();
      layer.g.dispose();
    } else {
      disposeAll(layer.f);
      disposeAll(layer.g);
    }
  }
}

/** `operation(left, right)` in place of both. */
function replaceBy(operation: (a: Tensor, b: Tensor) => Tensor, left: Tensor, right: Tensor): Tensor {
  const result = operation(left, right);
  left.dispose();
  right.dispose();
  return result;
}

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
