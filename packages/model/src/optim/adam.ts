/**
 * Adam (Kingma and Ba), and with weights that decay apart from their gradients (Loshchilov and Hutter), AdamW.
 *
 * Gradients arrive one parameter at a time, so a parameter can be updated while the backward pass is still on its way
 * through lower layers, and the gradients of all layers need never coexist.
 */
import { add, div, mul, scalar, sqrt, square, sub, tidy, zerosLike } from "@tensorflow/tfjs-core";
import { hasKernel, runAdam } from "../kernels/dispatch";
import { modelKernelNames, type AdamAttributes, type AdamInputs } from "../kernels/names";
import { createParameters, type Parameters } from "../parameters";
import { createOptimizer, isNormOrBias, lerp, type Optimizer } from "./optimizer";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Share of every weight that each step takes away, whatever the learning rate, as Trax' Adam does it. */
  weightDecay?: number;
}

/** Adam (Kingma and Ba, arXiv 1412.6980), with Trax' kind of weight decay. */
export function adam(parameters: Parameters, { weightDecay = 0, ...options }: AdamOptions = {}): Optimizer {
  return decayingAdam(parameters, options, () => 1 - weightDecay);
}

export interface AdamWOptions extends Omit<AdamOptions, "weightDecay"> {
  /** Times the learning rate, the share of a weight that a step takes away; norms and biases stay. Default 0.01. */
  weightDecay?: number;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as torch has it. */
export function adamW(
  parameters: Parameters,
  { weightDecay = 0.01, ...options }: AdamWOptions = {},
): Optimizer {
  return decayingAdam(parameters, options, (name, learningRate) =>
    isNormOrBias(name) ? 1 : 1 - learningRate * weightDecay,
  );
}

/** @param keep the share of a parameter that a step leaves before it moves it */
function decayingAdam(
  parameters: Parameters,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: Omit<AdamOptions, "weightDecay">,
  keep: (name: string, learningRate: number) => number,
): Optimizer {
  const moments = createParameters({});
  for (const name of parameters.names()) {
    moments.set(`first.${name}`, zerosLike(parameters.get(name)));
    moments.set(`second.${name}`, zerosLike(parameters.get(name)));
  }
  return createOptimizer(parameters, moments, (name, gradient, { step, learningRate }) => {
    // The corrections for the moments' start at zero, folded into the step size and epsilon.
    const rootOfSecond = Math.sqrt(1 - beta2 ** step);
    const { value, first, second } = move(
      {
        value: parameters.get(name),
        gradient,
        first: moments.get(`first.${name}`),
        second: moments.get(`second.${name}`),
      },
      {
        beta1,
        beta2,
        epsilon: epsilon * rootOfSecond,
        size: (learningRate * rootOfSecond) / (1 - beta1 ** step),
        keep: keep(name, learningRate),
      },
    );
    return { value, moments: { [`first.${name}`]: first, [`second.${name}`]: second } };
  });
}

/** One update of one parameter, by the kernel if there is one; the caller owns what is returned. */
function move(inputs: AdamInputs, attributes: AdamAttributes) {
  if (hasKernel(modelKernelNames.adam)) return runAdam(inputs, attributes);
  const { value, gradient } = inputs;
  const { beta1, beta2, epsilon, size, keep } = attributes;
  return tidy(() => {
    const first = lerp(gradient, inputs.first, beta1);
    const second = lerp(square(gradient), inputs.second, beta2);
    const step = div(mul(first, scalar(size)), add(sqrt(second), scalar(epsilon)));
    return { first, second, value: sub(keep === 1 ? value : mul(value, scalar(keep)), step) };
  });
}
