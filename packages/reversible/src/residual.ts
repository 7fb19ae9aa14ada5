/**
 * The contract between a reversible stack and the functions inside it.
 *
 * A reversible stack stores no activations: on the way back it has an output and needs the input, so it asks each
 * function to repeat itself. Three ways of running the same function are all that takes. They mirror Trax's
 * `ReversibleLayer` (`forward`, `reverse_and_grad`), plus one for layers whose activations fit in memory.
 */
import type { Tensor } from "@tensorflow/tfjs-core";

/** Receives the gradient of one parameter and owns it from then on: it may sum, send or apply it, and disposes it. */
export type GradientSink = (name: string, gradient: Tensor) => void;

/** What a forward pass leaves behind so that it can be repeated exactly, such as hash buckets: few and small. */
export type Saved = readonly Tensor[];

/** The same in a form of the function's own: a stack only hands it back and lets it go. */
export type Held = readonly { dispose(): void }[];

/** A forward pass whose intermediate values were kept. */
export interface Kept {
  /** `f(x)`; the caller owns it. */
  readonly y: Tensor;
  /** Pulls `dy` back to `dx`, once; the caller owns `dx`. Releases what was kept. */
  vjp(dy: Tensor, sink: GradientSink): Tensor;
  /** Releases what was kept without a backward pass. */
  dispose(): void;
}

/**
 * A function of one tensor with parameters of its own, the `f` in `y = x1 + f(x2)`. The shape of `f(x)` is that of `x`.
 *
 * `seed` decides everything random inside (rotations, dropout); the same seed and saved state give the same numbers.
 */
export interface Residual {
  /** `y = f(x)`. The caller owns `y` and everything in `saved`. */
  forward(x: Tensor, seed: number): { y: Tensor; saved: Saved };

  /**
   * Repeats `f(x)` from its saved state and pulls `dy` back, in one pass. Gives `y` again, because the stack must
   * subtract it to rebuild the other stream. The caller owns `y` and `dx`, and still owns `saved`.
   */
  forwardAndGrad(
    x: Tensor,
    dy: Tensor,
    saved: Saved,
    seed: number,
    sink: GradientSink,
  ): { y: Tensor; dx: Tensor };

  /** The same where the streams stand, for functions that know how: no second tensor of a stream's size need exist. */
  readonly inPlace?: InPlace | undefined;

  /** `f(x)` with its intermediate values kept, for layers that need not be recomputed. */
  keep(x: Tensor, seed: number): Kept;
}

/** Ways of running a {@link Residual} that change streams instead of making what is to be added to them. */
export interface InPlace {
  /** `stream + f(x)`. Takes `stream`. The caller owns the sum and everything in `saved`. */
  add(stream: Tensor, x: Tensor, seed: number): { sum: Tensor; saved: Held };

  /**
   * Repeats `f(x)` from its saved state: `rebuilt = stream - f(x)`, and `gradient + dx` of pulling `dy` back. Takes
   * `stream` and `gradient`; the caller owns the results, and still owns `saved`.
   */
  undo(
    stream: Tensor,
    gradient: Tensor,
    pass: { x: Tensor; dy: Tensor; saved: Held; seed: number; sink: GradientSink },
  ): { rebuilt: Tensor; gradient: Tensor };
}

/** One reversible layer: `y1 = x1 + f(x2)`, `y2 = x2 + g(y1)` (§3 of the paper; f is attention, g feed-forward). */
export interface ReversibleBlock {
  readonly f: Residual;
  readonly g: Residual;
}
