/** Layer norm over the last axis, with its gradient written out. Derivation: docs/kernels.md. */
import {
  add,
  mean,
  mul,
  rsqrt,
  squaredDifference,
  sub,
  sum,
  tidy,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

/** What the backward pass needs of the forward pass. */
export interface NormState {
  /** `[rows, width]`, mean 0 and variance 1 in every row */
  standardized: Tensor2D;
  /** `[rows, 1]`, one over the standard deviation */
  inverseDeviation: Tensor2D;
}

/**
 * `y = standardized * scale + bias`
 *
 * @param x `[rows, width]`
 * @param scale `[width]`
 * @param bias `[width]`
 * @returns y `[rows, width]` and the state; the caller owns both
 */
export function layerNorm(
  x: Tensor2D,
  scale: Tensor,
  bias: Tensor,
  epsilon: number,
): { y: Tensor2D; state: NormState } {
  const [y, standardized, inverseDeviation] = tidy(() => {
    const center = mean(x, 1, true);
    const variance = mean(squaredDifference(x, center), 1, true);
    const inverse = rsqrt(add(variance, epsilon)) as Tensor2D;
    const unit = mul(sub(x, center), inverse) as Tensor2D;
    return [add(mul(unit, scale), bias) as Tensor2D, unit, inverse];
  }) as [Tensor2D, Tensor2D, Tensor2D];
  return { y, state: { standardized, inverseDeviation } };
}

/**
 * With `g = dy * scale`: `dx = (g - mean(g) - standardized * mean(g * standardized)) * inverseDeviation`.
 *
 * @param dy `[rows, width]`
 * @returns dx `[rows, width]`, dScale and dBias `[width]`; the caller owns them
 */
export function layerNormGrad(
  dy: Tensor2D,
  scale: Tensor,
  { standardized, inverseDeviation }: NormState,
): { dx: Tensor2D; dScale: Tensor; dBias: Tensor } {
  const [dx, dScale, dBias] = tidy(() => {
    const g = mul(dy, scale);
    const along = mul(standardized, mean(mul(g, standardized), 1, true));
    const centered = sub(sub(g, mean(g, 1, true)), along);
    return [mul(centered, inverseDeviation), sum(mul(dy, standardized), 0), sum(dy, 0)];
  }) as [Tensor2D, Tensor, Tensor];
  return { dx, dScale, dBias };
}

export function disposeNorm({ standardized, inverseDeviation }: NormState): void {
  standardized.dispose();
  inverseDeviation.dispose();
}
