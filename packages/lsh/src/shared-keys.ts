/** Keys as their scores want them, scaled: from a projection of their own, or shared with the queries. */
import * as tf from "@tensorflow/tfjs-core";
import { normalizeKeys, sharedQueryKeyGrad } from "./normalize-keys";

export interface SharedOptions {
  /**
   * Queries and keys are one projection, as in LSH attention: keys are normalised queries, `key` is not read, and a
   * query sees itself only when it sees nothing else. Default false.
   */
  sharedQueryKey?: boolean;
}

/** `[..., depth]` such that a score is the plain dot product with a query; the caller owns it. */
export function scaledKey(
  query: tf.Tensor,
  key: tf.Tensor,
  { sharedQueryKey = false }: SharedOptions,
): tf.Tensor {
  return sharedQueryKey ? normalizeKeys(query) : tf.div(key, Math.sqrt(query.shape[3]!));
}

/**
 * From gradients of queries and scaled keys to those of the projections. Where they are shared, dQuery holds both uses
 * and dKey is zero. The caller owns both.
 */
export function scaledKeyGrad(
  query: tf.Tensor,
  dQuery: tf.Tensor4D,
  dScaled: tf.Tensor4D,
  { sharedQueryKey = false }: SharedOptions,
): { dQuery: tf.Tensor4D; dKey: tf.Tensor4D } {
  if (!sharedQueryKey) return { dQuery, dKey: tf.div(dScaled, Math.sqrt(query.shape[3]!)) as tf.Tensor4D };
  const dShared = sharedQueryKeyGrad(query, dQuery, dScaled);
  return { dQuery: dShared, dKey: tf.zerosLike(dShared) };
}
