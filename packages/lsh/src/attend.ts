/**
 * Attention of blocks of queries to blocks of keys, forward and backward: the arithmetic that local, LSH and full
 * attention share. Which positions sit in a block is the caller's business.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { BlockMasks } from "./masks";

/** `[blocks, rows, depth]` by `[blocks, columns, depth]` to `[blocks, rows, columns]`. */
function maskedScores(query: tf.Tensor, key: tf.Tensor, masks: BlockMasks): tf.Tensor {
  const { replaced, substitutes, emptyKeys, logCounts } = masks;
  let scores = tf.matMul(query, key, false, true);
  if (logCounts) scores = tf.sub(scores, logCounts);
  if (replaced) scores = tf.where(replaced, substitutes!, scores);
  return emptyKeys ? tf.add(scores, emptyKeys) : scores;
}

/**
 * What a block of queries gathered: sums still to be divided by `sum`, so that blocks seen in several rounds can be
 * merged before.
 */
export interface BlockSums {
  /** `[blocks, rows, depth]`: `sum_j exp(s_j - largest) v_j`, with dropout. */
  weighted: tf.Tensor;
  /** `[blocks, rows, 1]` */
  largest: tf.Tensor;
  /** `[blocks, rows, 1]`: `sum_j exp(s_j - largest)`, without dropout. */
  sum: tf.Tensor;
}

/**
 * @param query `[blocks, rows, depth]`
 * @param key   `[blocks, columns, depth]`, scaled
 * @param value `[blocks, columns, depth]`
 * @returns     call inside a tidy
 */
export function attendBlocks(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  masks: BlockMasks,
): BlockSums {
  const scores = maskedScores(query, key, masks);
  const largest = tf.max(scores, -1, true);
  const weights = tf.exp(tf.sub(scores, largest));
  const kept = masks.dropout ? tf.mul(weights, masks.dropout) : weights;
  return { weighted: tf.matMul(kept, value), largest, sum: tf.sum(weights, -1, true) };
}

export interface BlockCotangents {
  /** `[blocks, rows, depth]`, scaled by {@link readLogSumExp}'s share. */
  dOutput: tf.Tensor;
  /** `[blocks, rows, 1]`: {@link readLogSumExp}'s base. */
  base: tf.Tensor;
  /** `[blocks, rows, 1]`: `dOutput · output`. */
  alignment: tf.Tensor;
}

/**
 * With `P = exp(s - z)` and dropout weights m: `dv = (P m)ᵀ dO`, `ds = P (m (dO vᵀ) - dO·O)`, and `dq = ds k`,
 * `dk = dsᵀ q`.
 *
 * @returns dQuery `[blocks, rows, depth]`, dKey and dValue `[blocks, columns, depth]`; call inside a tidy
 */
export function attendBlocksGrad(
  { dOutput, base, alignment }: BlockCotangents,
  { query, key, value }: { query: tf.Tensor; key: tf.Tensor; value: tf.Tensor },
  masks: BlockMasks,
) {
  const weights = tf.exp(tf.sub(maskedScores(query, key, masks), base));
  const kept = masks.dropout ? tf.mul(weights, masks.dropout) : weights;
  const dWeights = tf.matMul(dOutput, value, false, true);
  const dKept = masks.dropout ? tf.mul(dWeights, masks.dropout) : dWeights;
  const dScores = tf.mul(weights, tf.sub(dKept, alignment));
  return {
    dQuery: tf.matMul(dScores, key),
    dKey: tf.matMul(dScores, query, true, false),
    dValue: tf.matMul(kept, dOutput, true, false),
  };
}
