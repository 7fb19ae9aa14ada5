/**
 * The mean of the two streams, brought to mean 0 and variance 1: what ends either side. Trax' encoder-decoder averages
 * the streams where its language model puts them side by side, so memory and head are dModel wide.
 */
import { add, mul, scalar, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { FinalNorm } from "../heads/final-norm";
import { layerNorm, layerNormGrad } from "../layer-norm";
import type { Parameters } from "../parameters";

/** @param parameters of a side, with `norm.scale` and `norm.bias` */
export function meanNorm(
  { layerNormEpsilon }: { layerNormEpsilon: number },
  parameters: Parameters,
): FinalNorm {
  const scale = () => parameters.get("norm.scale");
  return {
    forward(x1, x2) {
      const mean = tidy(() => mul(add(x1, x2), scalar(0.5)) as Tensor2D);
      const normalized = layerNorm(mean, scale(), parameters.get("norm.bias"), layerNormEpsilon);
      mean.dispose();
      return normalized;
    },
    grad: (dy, state) =>
      tidy(() => {
        const { dx, dScale, dBias } = layerNormGrad(dy, scale(), state);
        const half = mul(dx, scalar(0.5)) as Tensor2D;
        const gradients: Record<string, Tensor> = { "norm.scale": dScale, "norm.bias": dBias };
        return { d1: half, d2: half.clone(), gradients };
      }),
  };
}
