/**
 * The one number per query that the backward pass needs: `z = log sum exp(s)` over every key of every round.
 *
 * A query that saw no allowed key has only equal constants for scores: n times -1e5 (itself, once a round or more), or
 * n times -1e9. There `-1e5 + log n` would be lost in float32, whose steps are 1/128 at 1e5 and 64 at 1e9, and with it
 * the weight 1 / n. So z is the constant *times* n in such a row: exact, equal to the true value for n = 1, and told
 * from all others by its size.
 */
import * as tf from "@tensorflow/tfjs-core";
import { forbiddenScore, selfScore } from "./attend";

/** Between the scores that real vectors have and the constant for oneself; and between the two constants. */
const constantBelow = selfScore / 2;
const forbiddenBelow = forbiddenScore / 2;

/** `[..., 1]` from the largest score and the sum of `exp(s - largest)`; call inside a tidy. */
export function writeLogSumExp(largest: tf.Tensor, sum: tf.Tensor): tf.Tensor {
  return tf.where(tf.less(largest, constantBelow), tf.mul(largest, sum), tf.add(largest, tf.log(sum)));
}

/**
 * What is to be done with z so that `weight = share · exp(s - base)`; call inside a tidy.
 *
 * @returns base; share, 1 but in rows of constants; varies, 1 where scores depend on queries and keys, else 0
 */
export function readLogSumExp(logSumExp: tf.Tensor): {
  base: tf.Tensor;
  share: tf.Tensor;
  varies: tf.Tensor;
} {
  const constant = tf.less(logSumExp, constantBelow);
  const forbidden = tf.cast(tf.less(logSumExp, forbiddenBelow), "float32");
  const level = tf.add(tf.mul(forbidden, forbiddenScore - selfScore), selfScore);
  return {
    base: tf.where(constant, level, logSumExp),
    share: tf.where(constant, tf.div(level, logSumExp), tf.onesLike(logSumExp)),
    varies: tf.sub(1, tf.cast(constant, "float32")),
  };
}
