/** Inverted dropout whose mask is a function of a seed, so that the backward pass can draw the very same one. */
import { mul, tensor, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";

/**
 * `x` with a share `rate` of its elements set to zero and the rest scaled by `1 / (1 - rate)`. Its own gradient:
 * applied to `dy` with the same seed it gives `dx`.
 *
 * @returns a tensor of x's shape; the caller owns it (x itself, cloned, when the rate is 0)
 */
export function dropout<T extends Tensor>(x: T, rate: number, seed: number): T {
  if (rate === 0) return x.clone() as T;
  return tidy(() => mul(x, tensor(dropoutMask(x.size, rate, seed), x.shape)));
}

/** `size` factors: 0 with probability `rate`, else `1 / (1 - rate)`. */
function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const random = Random.fromSeed(seed);
  const threshold = rate * 0x100000000;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) if (random.bits() >= threshold) mask[i] = kept;
  return mask;
}
