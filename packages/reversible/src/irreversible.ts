/**
 * The same layers by plain autograd: every activation kept, nothing rebuilt, tfjs' own tape from end to end.
 *
 * It is what the reversible pass is tested against, it is the faster choice where the input is so short that
 * activations do not matter, and it has higher derivatives, which a reversible stack has not.
 */
import { add, type Tensor } from "@tensorflow/tfjs-core";
import { residualSeed } from "./halves";

/** A function that can run on the surrounding tape, such as an `AutogradResidual`. */
export interface Applicable {
  apply(x: Tensor, seed: number): Tensor;
}

export interface PlainBlock {
  readonly f: Applicable;
  readonly g: Applicable;
}

/**
 * `y1 = x1 + f(x2)`, `y2 = x2 + g(y1)` for each block, with the seeds that the reversible stack gives to its halves.
 *
 * @returns a function of two tensors of one shape, to be called within `tf.tidy`, as operations of tfjs are
 */
export function irreversibleStack(
  blocks: readonly PlainBlock[],
): (x1: Tensor, x2: Tensor, options?: { seed?: number }) => [Tensor, Tensor] {
  return (x1, x2, { seed = 0 } = {}) => {
    for (const [i, { f, g }] of blocks.entries()) {
      x1 = add(x1, f.apply(x2, residualSeed(seed, i, "f")));
      x2 = add(x2, g.apply(x1, residualSeed(seed, i, "g")));
    }
    return [x1, x2];
  };
}
