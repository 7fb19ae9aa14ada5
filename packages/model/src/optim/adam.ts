/**
 * Adam (Kingma and Ba), with decoupled weight decay (Loshchilov and Hutter) when it is not zero.
 *
 * Gradients arrive one parameter at a time, so a parameter can be updated while the backward pass is still on its way
 * through lower layers, and the gradients of all layers need never coexist.
 */
import {
  add,
  div,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  tidy,
  zerosLike,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { hasKernel, runAdam } from "../kernels/dispatch";
import { modelKernelNames, type AdamAttributes, type AdamInputs } from "../kernels/names";
import { createParameters, type Parameters } from "../parameters";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Share of a weight that decays per step, times the learning rate. */
  weightDecay?: number;
}

export interface Optimizer {
  /** Steps taken so far. */
  readonly step: number;
  /** To be called once before the updates of a step. */
  beginStep(learningRate: number): void;
  /** Moves one parameter against its gradient. Takes `gradient`. */
  update(name: string, gradient: Tensor): void;
  /** Moments by name, owned by the optimizer; with {@link step}, everything that a checkpoint needs. */
  readonly moments: Parameters;
  /** Continues where a checkpoint stood. Takes `moments`. */
  restore(step: number, moments: Record<string, Tensor>): void;
  dispose(): void;
}

export function adam(
  parameters: Parameters,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions = {},
): Optimizer {
  const moments = createParameters({});
  for (const name of parameters.names()) {
    moments.set(`first.${name}`, zerosLike(parameters.get(name)));
    moments.set(`second.${name}`, zerosLike(parameters.get(name)));
  }
  let step = 0;
  let learningRate = 0;
  return {
    moments,
    get step() {
      return step;
    },
    beginStep(rate) {
      step++;
      learningRate = rate;
    },
    update(name, gradient) {
      // The corrections for the moments' start at zero, folded into the step size and epsilon.
      const rootOfSecond = Math.sqrt(1 - beta2 ** step);
      const updated = move(
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
          keep: 1 - learningRate * weightDecay,
        },
      );
      moments.set(`first.${name}`, updated.first);
      moments.set(`second.${name}`, updated.second);
      parameters.set(name, updated.value);
      gradient.dispose();
    },
    restore(from, tensors) {
      step = from;
      for (const [name, value] of Object.entries(tensors)) moments.set(name, value);
    },
    dispose: () => moments.dispose(),
  };
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

/** `share * old + (1 - share) * fresh` */
const lerp = (fresh: Tensor, old: Tensor, share: number) =>
  add(mul(old, scalar(share)), mul(fresh, scalar(1 - share)));
