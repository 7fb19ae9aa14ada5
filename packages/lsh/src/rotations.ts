/**
 * Random rotations: Gaussian directions to which vectors are compared. Drawn on the host from a seed, so that the
 * same seed hashes alike on every backend, and more rounds extend fewer.
 */
import { requireInteger } from "@reformer-ts/internal-checks";
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import { resolveNumBuckets, rotationSize } from "./num-buckets";

export interface RotationOptions {
  heads: number;
  depth: number;
  numHashes: number;
  /** One even number or even factors; 'auto' must be resolved before, since it needs a length. */
  numBuckets: number | readonly number[];
  seed: number;
}

/**
 * Random directions to hash by, normal numbers from a seed.
 *
 * @returns `[heads, depth, numHashes, rotationSize]`, rotationSize being half the sum of the factors; the caller owns it
 * @throws InputError when a size is no positive integer or a factor is odd
 */
export function drawRotations({ heads, depth, numHashes, numBuckets, seed }: RotationOptions): tf.Tensor4D {
  requireInteger("heads", heads, 1);
  requireInteger("depth", depth, 1);
  requireInteger("numHashes", numHashes, 1);
  const factors = resolveNumBuckets(numBuckets, { length: 1, chunkLength: 1 });
  const size = rotationSize(factors);
  const values = new Float32Array(heads * depth * numHashes * size);
  for (let round = 0; round < numHashes; round++) {
    let start = 0;
    factors.forEach((factor, index) => {
      const directions = factor / 2;
      const normals = Random.fromSeed(deriveSeed(seed, "rotations", round, index)).normals(
        heads * depth * directions,
      );
      for (let row = 0; row < heads * depth; row++) {
        const target = (row * numHashes + round) * size + start;
        values.set(normals.subarray(row * directions, (row + 1) * directions), target);
      }
      start += directions;
    });
  }
  return tf.tensor4d(values, [heads, depth, numHashes, size]);
}
