/**
 * From a function and its pullback to the three ways that a reversible stack runs it, and the same piece by piece.
 */
import { add, concat, slice, type Tensor, type Tensor3D } from "@tensorflow/tfjs-core";
import type { GradientSink, Kept, Residual, Saved } from "@reformer-ts/reversible";
import { deriveSeed } from "@reformer-ts/internal-random";

/** A function of `[batch, length, dModel]` whose gradient is known. `State` is what the gradient needs. */
export interface Differentiable<State> {
  /** Runs the function; with `saved`, exactly as the pass that left it. The caller owns everything returned. */
  run(x: Tensor3D, seed: number, saved?: Saved): { y: Tensor3D; state: State; saved: Saved };
  /** Pulls `dy` back to `dx`, which the caller owns; parameter gradients go to `sink`. */
  pull(state: State, dy: Tensor3D, sink: GradientSink): Tensor3D;
  release(state: State): void;
}

export function residual<State>({ run, pull, release }: Differentiable<State>): Residual {
  return {
    forward(x, seed) {
      const { y, state, saved } = run(x as Tensor3D, seed);
      release(state);
      return { y, saved };
    },
    forwardAndGrad(x, dy, saved, seed, sink) {
      const ran = run(x as Tensor3D, seed, saved);
      const dx = pull(ran.state, dy as Tensor3D, sink);
      release(ran.state);
      for (const tensor of ran.saved) tensor.dispose();
      return { y: ran.y, dx };
    },
    keep(x, seed): Kept {
      const { y, state, saved } = run(x as Tensor3D, seed);
      const dispose = () => {
        release(state);
        for (const tensor of saved) tensor.dispose();
      };
      return {
        y,
        dispose,
        vjp(dy, sink) {
          const dx = pull(state, dy as Tensor3D, sink);
          dispose();
          return dx;
        },
      };
    },
  };
}

/**
 * The same function, run on pieces of the sequence one after another, so that its inner width never exists for the
 * whole length (§3, "Chunking"). Only for functions that treat every position alone and save nothing.
 *
 * @param pieceLength positions in a piece; the last piece may be shorter
 */
export function inPieces(whole: Residual, pieceLength: number): Residual {
  const split = (x: Tensor): Tensor[] => {
    const length = x.shape[1]!;
    if (length <= pieceLength) return [x.clone()];
    const starts = Array.from({ length: Math.ceil(length / pieceLength) }, (_, i) => i * pieceLength);
    return starts.map((start) => slice(x, [0, start], [-1, Math.min(pieceLength, length - start)]));
  };
  return {
    forward(x, seed) {
      const ys = split(x).map((piece, i) =>
        consume(piece, () => whole.forward(piece, deriveSeed(seed, i)).y),
      );
      return { y: join(ys), saved: [] };
    },
    forwardAndGrad(x, dy, _saved, seed, sink) {
      const summed = summingSink();
      const dys = split(dy);
      const pulled = split(x).map((piece, i) =>
        consume(piece, () => whole.forwardAndGrad(piece, dys[i]!, [], deriveSeed(seed, i), summed.sink)),
      );
      for (const piece of dys) piece.dispose();
      summed.flush(sink);
      return { y: join(pulled.map(({ y }) => y)), dx: join(pulled.map(({ dx }) => dx)) };
    },
    keep(x, seed) {
      const kept = split(x).map((piece, i) => consume(piece, () => whole.keep(piece, deriveSeed(seed, i))));
      return {
        y: join(kept.map(({ y }) => y)),
        dispose: () => kept.forEach((piece) => piece.dispose()),
        vjp(dy, sink) {
          const summed = summingSink();
          const dxs = split(dy).map((piece, i) => consume(piece, () => kept[i]!.vjp(piece, summed.sink)));
          summed.flush(sink);
          return join(dxs);
        },
      };
    },
  };
}

/** A sink that adds up what it is given by name, and hands the sums on when asked. */
export function summingSink(): { sink: GradientSink; flush(into: GradientSink): void } {
  const sums = new Map<string, Tensor>();
  return {
    sink(name, gradient) {
      const sum = sums.get(name);
      if (sum === undefined) {
        sums.set(name, gradient);
        return;
      }
      sums.set(name, add(sum, gradient));
      sum.dispose();
      gradient.dispose();
    },
    flush(into) {
      for (const [name, sum] of sums) into(name, sum);
      sums.clear();
    },
  };
}

/** Pieces side by side along the length. Takes the pieces. */
function join(pieces: Tensor[]): Tensor {
  if (pieces.length === 1) return pieces[0]!;
  const whole = concat(pieces, 1);
  for (const piece of pieces) piece.dispose();
  return whole;
}

function consume<Result>(tensor: Tensor, use: () => Result): Result {
  const result = use();
  tensor.dispose();
  return result;
}
