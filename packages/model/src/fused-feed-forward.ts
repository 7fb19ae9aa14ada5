/** The feed-forward layer as one kernel each way. It keeps its activated inner vectors, or computes them again. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { GradientSink, InPlace, Residual } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import {
  hasKernel,
  runAddFeedForward,
  runFeedForward,
  runFeedForwardGrad,
  runUndoFeedForward,
} from "./kernels/dispatch";
import { kernelTile, modelKernelNames } from "./kernels/names";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";

/** Whether the running backend has the kernels, and they know this layer. */
export function fitsFusedFeedForward(config: ReformerConfig, pass: Pass): boolean {
  return (
    config.activation === "relu" &&
    dropoutRates(config, pass).hiddenDropout === 0 &&
    config.dModel % kernelTile === 0 &&
    config.dFF % kernelTile === 0 &&
    hasKernel(modelKernelNames.feedForward) &&
    hasKernel(modelKernelNames.feedForwardGrad)
  );
}

export function fusedFeedForward(
  { layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
): Residual {
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const weights = () => ({
    scale: get("norm.scale"),
    bias: get("norm.bias"),
    expand: get("expand.weight"),
    expandBias: get("expand.bias"),
    contract: get("contract.weight"),
    contractBias: get("contract.bias"),
  });
  const pour = (gradients: Record<string, Tensor>, sink: GradientSink) => {
    for (const [name, gradient] of Object.entries(gradients)) sink(`${prefix}.${name}`, gradient);
  };
  const inPlace: InPlace = {
    add: (stream, x) => ({ sum: runAddFeedForward({ x, stream, ...weights() }, epsilon), saved: [] }),
    undo(stream, gradient, { x, dy, sink }) {
      const inputs = { x, dy, stream, gradient, ...weights() };
      const { gradients, ...undone } = runUndoFeedForward(inputs, epsilon);
      pour(gradients, sink);
      return { rebuilt: undone.stream, gradient: undone.gradient };
    },
  };
  return {
    get inPlace() {
      const { addFeedForward, undoFeedForward } = modelKernelNames;
      return [addFeedForward, undoFeedForward].every(hasKernel) ? inPlace : undefined;
    },
    forward(x) {
      const { y, activated } = runFeedForward({ x, ...weights() }, { epsilon, keep: false });
      activated.dispose();
      return { y, saved: [] };
    },
    forwardAndGrad(x, dy, _saved, _seed, sink) {
      const { y, dx, gradients } = runFeedForwardGrad({ x, dy, ...weights() }, { epsilon, output: true });
      pour(gradients, sink);
      return { y, dx };
    },
    keep(x) {
      const { y, activated } = runFeedForward({ x, ...weights() }, { epsilon, keep: true });
      const input = x.clone();
      const dispose = () => [input, activated].forEach((tensor) => tensor.dispose());
      return {
        y,
        dispose,
        vjp(dy, sink) {
          const inputs = { x: input, dy, activated, ...weights() };
          const { y: absent, dx, gradients } = runFeedForwardGrad(inputs, { epsilon, output: false });
          absent.dispose();
          dispose();
          pour(gradients, sink);
          return dx;
        },
      };
    },
  };
}
