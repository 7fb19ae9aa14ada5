/**
 * Half residuals that take turns on two streams: the first adds to stream 1 what it makes of stream 2, the next to
 * stream 2 what it makes of stream 1, and so on. A layer of two halves is the paper's block (§3); a decoder's layer has
 * three (self-attention, attention to the encoder, feed-forward), so that every other layer begins on the other stream,
 * as Trax' swaps have it.
 *
 * Forward keeps the two streams and each half's small saved state. Backward walks down from the outputs, rebuilding
 * every half's input by subtraction. The first `keepHalves` may keep their activations instead: they are the ones whose
 * inputs the backward pass reaches last, so no boundary between kept and rebuilt halves needs storing.
 */
import { add, type Tensor } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import { inPlaceOf, replaceBy } from "./in-place";
import type { GradientSink, Held, Kept, Residual } from "./residual";

/** What the forward pass left of one half. */
type HalfTrace = { kind: "saved"; saved: Held } | { kind: "kept"; kept: Kept };

/** What the forward pass of a stack left: per half, saved state or kept activations. */
export interface Trace {
  readonly seed: number;
  readonly halves: HalfTrace[];
}

export interface Streams {
  x1: Tensor;
  x2: Tensor;
}

/** The seed of one half of one layer of two. */
export function residualSeed(seed: number, layer: number, half: "f" | "g"): number {
  return deriveSeed(seed, "layer", layer, half);
}

/** The seed of one half, counted from the input; layers of two halves get {@link residualSeed}'s. */
export function halfSeed(seed: number, half: number): number {
  return residualSeed(seed, Math.floor(half / 2), half % 2 === 0 ? "f" : "g");
}

/**
 * Runs the halves. Takes `x1` and `x2` (disposes them as soon as they are no longer needed). What a half throws passes
 * through, when everything has been let go.
 *
 * @returns the output streams, owned by the caller, and the trace that {@link backwardHalves} takes
 */
export function forwardHalves(
  halves: readonly Residual[],
  { x1, x2 }: Streams,
  { seed = 0, keepHalves = 0 }: { seed?: number; keepHalves?: number } = {},
): Streams & { trace: Trace } {
  const streams: [Tensor, Tensor] = [x1, x2];
  const trace: Trace = { seed, halves: [] };
  const run = (half: Residual, i: number): HalfTrace => {
    const [to, from] = turn(i);
    if (i < keepHalves) {
      const kept = half.keep(streams[from], halfSeed(seed, i));
      streams[to] = replaceBy(add, streams[to], kept.y);
      return { kind: "kept", kept };
    }
    const { sum, saved } = inPlaceOf(half).add(streams[to], streams[from], halfSeed(seed, i));
    streams[to] = sum;
    return { kind: "saved", saved };
  };
  orLetGo(
    () => halves.forEach((half, i) => trace.halves.push(run(half, i))),
    () => [...streams, asHeld(trace)],
  );
  return { x1: streams[0], x2: streams[1], trace };
}

/** Runs the halves without leaving anything for a backward pass. Takes `x1` and `x2`. */
export function inferHalves(halves: readonly Residual[], { x1, x2 }: Streams, seed = 0): Streams {
  const streams: [Tensor, Tensor] = [x1, x2];
  const run = (half: Residual, i: number) => {
    const [to, from] = turn(i);
    const { sum, saved } = inPlaceOf(half).add(streams[to], streams[from], halfSeed(seed, i));
    disposeAll(saved);
    streams[to] = sum;
  };
  orLetGo(
    () => halves.forEach(run),
    () => streams,
  );
  return { x1: streams[0], x2: streams[1] };
}

/**
 * Pulls gradients through the halves, rebuilding activations on the way. Takes everything: outputs, their gradients
 * and the trace. Parameter gradients go to `sink`, the last half's first. What a half throws passes through, when
 * everything has been let go.
 *
 * @returns gradients of the input streams, owned by the caller
 * @throws InputError when the trace is not that of these halves, or has been used before
 */
export function backwardHalves(
  halves: readonly Residual[],
  { x1, x2 }: Streams,
  { d1, d2 }: { d1: Tensor; d2: Tensor },
  trace: Trace,
  sink: GradientSink,
): { d1: Tensor; d2: Tensor } {
  const streams: [Tensor, Tensor] = [x1, x2];
  const gradients: [Tensor, Tensor] = [d1, d2];
  const pull = (i: number) => {
    const [to, from] = turn(i);
    const left = trace.halves[i]!;
    if (left.kind === "kept") {
      disposeAll(streams); // Nothing below is rebuilt.
      gradients[from] = replaceBy(add, gradients[from], left.kept.vjp(gradients[to], sink));
    } else {
      const seed = halfSeed(trace.seed, i);
      const pass = { x: streams[from], dy: gradients[to], saved: left.saved, seed, sink };
      const { rebuilt, gradient } = inPlaceOf(halves[i]!).undo(streams[to], gradients[from], pass);
      disposeAll(left.saved);
      streams[to] = rebuilt;
      gradients[from] = gradient;
    }
    trace.halves.pop();
  };
  orLetGo(
    () => {
      requireTrace(trace, halves.length);
      for (let i = halves.length - 1; i >= 0; i--) pull(i);
    },
    () => [...streams, ...gradients, asHeld(trace)],
  );
  disposeAll(streams);
  return { d1: gradients[0], d2: gradients[1] };
}

/** Releases a trace whose backward pass will not be run. */
export function disposeTrace(trace: Trace): void {
  for (const left of trace.halves.splice(0)) {
    if (left.kind === "kept") left.kept.dispose();
    else disposeAll(left.saved);
  }
}

function requireTrace({ halves }: Trace, count: number): void {
  if (halves.length === count) return;
  throw new InputError({
    field: "trace",
    given: halves.length === 0 ? "empty, as after a backward pass" : `of ${halves.length} halves`,
    allowed: `that of a forward pass through these ${count} halves, used once`,
  });
}

/** Runs `run`; when it throws, what `taken` says was taken is let go first. */
function orLetGo(run: () => void, taken: () => Held): void {
  try {
    run();
  } catch (error) {
    disposeAll(taken());
    throw error;
  }
}

const asHeld = (trace: Trace) => ({ dispose: () => disposeTrace(trace) });

/** The stream that the i-th half adds to, and the one that it reads. */
function turn(i: number): readonly [to: 0 | 1, from: 0 | 1] {
  return i % 2 === 0 ? [0, 1] : [1, 0];
}

function disposeAll(held: Held): void {
  for (const each of held) each.dispose();
}
