/** What a half residual does to the streams: where they stand if it knows how, and otherwise by adding what it makes. */
import { add, sub, type Tensor } from "@tensorflow/tfjs-core";
import type { InPlace, Residual, Saved } from "./residual";

/** A half's own way to change a stream where it stands, or else adding what it makes. */
export function inPlaceOf(half: Residual): InPlace {
  return (
    half.inPlace ?? {
      add(stream, x, seed) {
        const { y, saved } = half.forward(x, seed);
        return { sum: replaceBy(add, stream, y), saved };
      },
      undo(stream, gradient, { x, dy, saved, seed, sink }) {
        const { y, dx } = half.forwardAndGrad(x, dy, saved as Saved, seed, sink);
        return { rebuilt: replaceBy(sub, stream, y), gradient: replaceBy(add, gradient, dx) };
      },
    }
  );
}

/** `operation(left, right)` in place of both. */
export function replaceBy(operation: (a: Tensor, b: Tensor) => Tensor, left: Tensor, right: Tensor): Tensor {
  const result = operation(left, right);
  left.dispose();
  right.dispose();
  return result;
}
