/**
 * Layers ask here, never which backend runs: a function below runs the kernel registered for the current backend.
 * Whether there is one says {@link hasKernel}; otherwise the caller composes plain ops.
 */
import { engine, getBackend, getKernel, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";
import {
  modelKernelNames,
  type AdamAttributes,
  type AdamInputs,
  type FeedForwardAttributes,
  type FeedForwardGradAttributes,
  type FeedForwardGradInputs,
  type FeedForwardInputs,
} from "./names";

export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

export function runFeedForward(inputs: FeedForwardInputs, attributes: FeedForwardAttributes) {
  const [y, activated] = run(modelKernelNames.feedForward, inputs, attributes);
  return { y: y!, activated: activated! };
}

export function runFeedForwardGrad(inputs: FeedForwardGradInputs, attributes: FeedForwardGradAttributes) {
  const [y, dx, ...gradients] = run(modelKernelNames.feedForwardGrad, inputs, attributes);
  const [scale, bias, expand, expandBias, contract, contractBias] = gradients;
  return {
    y: y!,
    dx: dx!,
    gradients: {
      "norm.scale": scale!,
      "norm.bias": bias!,
      "expand.weight": expand!,
      "expand.bias": expandBias!,
      "contract.weight": contract!,
      "contract.bias": contractBias!,
    },
  };
}

export function runAdam(inputs: AdamInputs, attributes: AdamAttributes) {
  const [value, first, second] = run(modelKernelNames.adam, inputs, attributes);
  return { value: value!, first: first!, second: second! };
}

function run(name: string, inputs: object, attributes: object): Tensor[] {
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  return engine().runKernel(name, present, attributes as NamedAttrMap) as Tensor[];
}
