/** Clipping by the norm of all gradients together needs them all at once, so it collects before it hands on. */
import {
  add,
  div,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sum,
  tidy,
  type Scalar,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { summingSink } from "../residual";
import type { GradientSink } from "@reformer-ts/reversible";

/** The square root of the sum of all squares; the caller owns it. */
export function globalNorm(gradients: readonly Tensor[]): Scalar {
  return tidy(() => {
    // One by one: a sum of many at once is more buffers than a WebGPU program may read.
    const squares = gradients.map((gradient) => sum(square(gradient)));
    return sqrt(squares.reduce((total, one) => add(total, one))) as Scalar;
  });
}

/**
 * A sink that waits for every gradient, sums what comes twice, then shortens them all so that their common norm is at
 * most `clipNorm`, and hands them on.
 */
export function clippingSink(): { sink: GradientSink; flush(clipNorm: number, into: GradientSink): Scalar } {
  const collected = summingSink();
  return {
    sink: collected.sink,
    flush(clipNorm, into) {
      const gradients: [string, Tensor][] = [];
      collected.flush((name, gradient) => gradients.push([name, gradient]));
      const norm = globalNorm(gradients.map(([, gradient]) => gradient));
      // 1 where nothing is too long, found without reading, which a device would have to be waited for.
      const factor = tidy(() => minimum(div(scalar(clipNorm), norm), scalar(1)));
      for (const [name, gradient] of gradients) {
        into(name, mul(gradient, factor));
        gradient.dispose();
      }
      factor.dispose();
      return norm;
    },
  };
}
