/**
 * With shared queries and keys, a key is its query brought to unit length, so that what a token looks for does not
 * outweigh what it is (§2, "LSH attention"): `k = q rsqrt(mean(q²) + 1e-6) / sqrt(depth)`.
 */
import * as tf from "@tensorflow/tfjs-core";
import { normalizeKeysGradWithKernel, normalizeKeysWithKernel } from "./kernels/dispatch";

const epsilon = 1e-6;

/**
 * Keys from shared queries, each of unit length (§2, "Shared-QK attention").
 *
 * @param query `[..., depth]`
 * @returns     `[..., depth]`, every row of length (almost) 1; the caller owns it
 */
export function normalizeKeys<T extends tf.Tensor>(query: T): T {
  const normalized = normalizeKeysWithKernel({ query });
  if (normalized) return normalized as T;
  return tf.tidy(() => tf.mul(query, tf.div(reciprocalRms(query), Math.sqrt(depthOf(query)))) as T);
}

/**
 * With `r = rsqrt(mean(q²) + 1e-6)`: `dq = r / sqrt(depth) (dk - r² q mean(q dk))`.
 *
 * @param query `[..., depth]`
 * @param dKey  `[..., depth]`
 * @returns     `[..., depth]`; the caller owns it
 */
export function normalizeKeysGrad<T extends tf.Tensor>(query: T, dKey: T): T {
  return tf.tidy(() => {
    const r = reciprocalRms(query);
    const along = tf.mul(tf.mean(tf.mul(query, dKey), -1, true), tf.square(r));
    return tf.mul(tf.sub(dKey, tf.mul(query, along)), tf.div(r, Math.sqrt(depthOf(query)))) as T;
  });
}

/**
 * The gradient of a shared projection, through both of its uses.
 *
 * @param query  `[..., depth]`
 * @param dQuery `[..., depth]`, of it as queries
 * @param dKey   `[..., depth]`, of the keys made of it
 * @returns      `[..., depth]`; the caller owns it
 */
export function sharedQueryKeyGrad<T extends tf.Tensor>(query: tf.Tensor, dQuery: T, dKey: T): T {
  const total = normalizeKeysGradWithKernel({ query, dKey, dQuery });
  if (total) return total as T;
  return tf.tidy(() => tf.add(dQuery, normalizeKeysGrad(query, dKey)) as T);
}

function reciprocalRms(query: tf.Tensor): tf.Tensor {
  return tf.rsqrt(tf.add(tf.mean(tf.square(query), -1, true), epsilon));
}

function depthOf(tensor: tf.Tensor): number {
  return tensor.shape[tensor.rank - 1]!;
}
