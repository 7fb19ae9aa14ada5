/** The streams side by side, twice as wide as either, brought to mean 0 and variance 1 (the last LayerNorm). */
import { concat, slice, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import { layerNorm, layerNormGrad, type NormState } from "../layer-norm";
import type { Parameters } from "../parameters";

export interface FinalNorm {
  /** `[rows, dModel]` twice to `[rows, 2 dModel]`; the caller owns y and the state. */
  forward(x1: Tensor2D, x2: Tensor2D): { y: Tensor2D; state: NormState };
  /** Gradients of the streams and of the norm's parameters, by name; the caller owns them. */
  grad(dy: Tensor2D, state: NormState): { d1: Tensor2D; d2: Tensor2D; gradients: Record<string, Tensor> };
}

export function finalNorm({ dModel, layerNormEpsilon }: ReformerConfig, parameters: Parameters): FinalNorm {
  const scale = () => parameters.get("norm.scale");
  return {
    forward(x1, x2) {
      const both = concat([x1, x2], 1) as Tensor2D;
      const normalized = layerNorm(both, scale(), parameters.get("norm.bias"), layerNormEpsilon);
      both.dispose();
      return normalized;
    },
    grad: (dy, state) =>
      tidy(() => {
        const { dx, dScale, dBias } = layerNormGrad(dy, scale(), state);
        return {
          d1: slice(dx, [0, 0], [-1, dModel]),
          d2: slice(dx, [0, dModel], [-1, dModel]),
          gradients: { "norm.scale": dScale, "norm.bias": dBias } as Record<string, Tensor>,
        };
      }),
  };
}
