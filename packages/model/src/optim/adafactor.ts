/**
 * Adafactor (Shazeer and Stern, arXiv 1804.04235) as Trax has it: of a matrix' mean squared gradients only the sums over rows and
 * over columns are kept, so that the optimizer of a layer costs next to nothing. Steps are relative to the size of
 * what they move, and no longer than that times the learning rate.
 *
 * Rows and columns are those of this project's matrices. Trax keeps the heads of an attention projection in matrices of
 * their own, so there each head has its factors, and the same training differs a little.
 */
import {
  add,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  tidy,
  zeros,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { createParameters, type Parameters } from "../parameters";
import { createOptimizer, lerp, type Optimizer } from "./optimizer";

export interface AdafactorOptions {
  /** Exponent c of the moments' decay 1 - step^-c: ever longer memories. Default 0.8. */
  decayExponent?: number;
  /** Longest update of a parameter, as root mean square before the step size. Default 1. */
  clipUpdate?: number;
  /** Decay of the updates' mean; 0, the default, keeps none. */
  beta1?: number;
  /** Share of every weight that each step takes away, whatever the learning rate. Default 1e-5. */
  weightDecay?: number;
  /** Added to squared gradients. Default 1e-16. */
  epsilonGradient?: number;
  /** Least size that a parameter counts as, so that what begins at 0 moves. Default 1e-3. */
  epsilonScale?: number;
}

const defaults = {
  decayExponent: 0.8,
  clipUpdate: 1,
  beta1: 0,
  weightDecay: 1e-5,
  epsilonGradient: 1e-16,
  epsilonScale: 1e-3,
};

/** Moments are named `row.` and `column.` for matrices, `second.` for vectors, `first.` for the mean of updates. */
export function adafactor(parameters: Parameters, given: AdafactorOptions = {}): Optimizer {
  const options = { ...defaults, ...given };
  const moments = createParameters({});
  for (const name of parameters.names()) {
    const { shape } = parameters.get(name);
    if (shape.length >= 2) {
      moments.set(`row.${name}`, zeros(shape.slice(0, -1)));
      moments.set(`column.${name}`, zeros([...shape.slice(0, -2), shape.at(-1)!]));
    } else moments.set(`second.${name}`, zeros(shape));
    if (options.beta1 > 0) moments.set(`first.${name}`, zeros(shape));
  }
  return createOptimizer(parameters, moments, (name, gradient, { step, learningRate }) =>
    tidy(() => {
      const value = parameters.get(name);
      const [scaled, kept] = scaledByRoot(name, gradient, moments, {
        decay: 1 - step ** -options.decayExponent,
        epsilon: options.epsilonGradient,
      });
      const size = mul(scalar(learningRate), maximum(rootMeanSquare(value), scalar(options.epsilonScale)));
      const clip = maximum(div(rootMeanSquare(scaled), scalar(options.clipUpdate)), scalar(1));
      let update = div(mul(scaled, size), clip);
      if (options.beta1 > 0) {
        update = lerp(update, moments.get(`first.${name}`), options.beta1);
        kept[`first.${name}`] = update;
      }
      return { value: sub(mul(value, scalar(1 - options.weightDecay)), update), moments: kept };
    }),
  );
}

/** The gradient over the root of its mean square, of a matrix as far as its rows and columns tell it, and the new moments. */
function scaledByRoot(
  name: string,
  gradient: Tensor,
  moments: Parameters,
  { decay, epsilon }: { decay: number; epsilon: number },
): [scaled: Tensor, moments: Record<string, Tensor>] {
  const squared = square(gradient);
  const inverseRoot = (x: Tensor) => div(scalar(1), sqrt(add(x, scalar(epsilon))));
  if (gradient.rank < 2) {
    const second = lerp(squared, moments.get(`second.${name}`), decay);
    return [mul(gradient, inverseRoot(second)), { [`second.${name}`]: second }];
  }
  const row = lerp(mean(squared, -1), moments.get(`row.${name}`), decay);
  const column = lerp(mean(squared, -2), moments.get(`column.${name}`), decay);
  const rowFactor = sqrt(div(mean(row, -1, true), add(row, scalar(epsilon))));
  const factors = mul(expandDims(rowFactor, -1), expandDims(inverseRoot(column), -2));
  return [mul(gradient, factors), { [`row.${name}`]: row, [`column.${name}`]: column }];
}

const rootMeanSquare = (x: Tensor) => sqrt(mean(square(x)));
