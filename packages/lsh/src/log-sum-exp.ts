/**
 * The one number per query that the backward pass needs: `z = log sum exp(s)` over every key of every round.
 *
 * A query that saw no allowed key has only equal constants for scores: n times -1e5 (itself, once a round or more), or
 * n times -1e9. There `-1e5 + log n` would be lost in float32, whose steps are 1/128 at 1e5 and 64 at 1e9, and with it
 * the weight 1 / n. So z is the constant *times* n in such a row: exact, equal to the true value for n = 1, and told
 * from all others by its size.
 */
import * as tf from "@tensorflow/tfjs-core";
import { forbiddenScore, selfScore } from "./masks";

/** Between the scores that real vectors have and the constant for oneself; and between the two constants. */
const constantBelow = selfScore / 2;
const forbiddenBelow = forbiddenScore / 2;

/** `[..., 1]` from the largest score and the sum of `exp(s - largest)`; call inside a tidy. */
export function writeLogSumExp(largest: tf.Tensor, sum: tf.Tensor): tf.Tensor {
  return tf.where(tf.less(largest, constantBelow), tf.mul(largest, sum), tf.add(largest, tf.log(sum)));
}

/**
 * What is to be done with a z so that `weight = share · exp(score - base)`.
 *
 * @returns base; share, 1 but in rows of constants; whether scores depend on queries and keys at all
 */
export function readLogSumExp(logSumExp: number): { base: number; share: number; varies: boolean } {
  if (logSumExp >= constantBelow) return { base: logSumExp, share: 1, varies: true };
  const base = logSumExp < forbiddenBelow ? forbiddenScore : selfScore;
  return { base, share: base / logSumExp, varies: false };
}

/** The same for tensors, without reading them: base, share and, as 0 or 1, varies, like `logSumExp`; call inside a tidy. */
export function readLogSumExps(logSumExp: tf.Tensor): {
  base: tf.Tensor;
  share: tf.Tensor;
  varies: tf.Tensor;
} {
  const varies = tf.greaterEqual(logSumExp, constantBelow);
  const all = (value: number) => tf.fill(logSumExp.shape, value);
  const level = tf.where(tf.less(logSumExp, forbiddenBelow), all(forbiddenScore), all(selfScore));
  const divisor = tf.where(varies, level, logSumExp);
  return {
    base: tf.where(varies, logSumExp, level),
    share: tf.div(level, divisor),
    varies: tf.cast(varies, "float32"),
  };
}
