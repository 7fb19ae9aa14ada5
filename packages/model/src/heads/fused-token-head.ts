/** Loss and gradients of the token head as one kernel. Its logits never leave the cache. */
import { tensor1d, type Tensor } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import { hasKernel, runTokenHead } from "../kernels/dispatch";
import { kernelTile, modelKernelNames } from "../kernels/names";
import type { Parameters } from "../parameters";
import type { Head } from "./head";

/** Beyond this vocabulary a block of logits is too wide for the cache, and composed ops are as good. */
const widestVocabulary = 4096;

/** Whether the running backend has the kernel, and it knows this head. */
export function fitsFusedTokenHead({ headBias, tieEmbeddings, dModel, vocabSize }: ReformerConfig): boolean {
  return (
    !headBias &&
    !tieEmbeddings &&
    dModel % kernelTile === 0 &&
    vocabSize <= widestVocabulary &&
    hasKernel(modelKernelNames.tokenHead)
  );
}

export function fusedNatsAndGrad(
  { layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
): Head["natsAndGrad"] {
  return ({ x1, x2 }, targets, count, sink) => {
    const expected = tensor1d(targets, "int32");
    const [scale, bias, weight] = ["norm.scale", "norm.bias", "head.weight"].map(parameters.get) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const { nats, d1, d2, gradients } = runTokenHead(
      { x1, x2, scale, bias, weight, targets: expected },
      { epsilon, share: 1 / count },
    );
    expected.dispose();
    for (const [name, gradient] of Object.entries(gradients)) sink(name, gradient);
    return { nats, d1, d2 };
  };
}
