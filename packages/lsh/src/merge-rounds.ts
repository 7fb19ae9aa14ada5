/**
 * Rounds are merged as they come. With `z = logsumexp_r z_r` the result is `sum_r exp(z_r - z) o_r`, which is one
 * softmax over the keys of all rounds; so running sums relative to the largest score suffice, whatever the number of
 * rounds.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { BlockSums } from "./attend";
import { writeLogSumExp } from "./log-sum-exp";

/** Takes both arguments: adds the sums of a round to those of earlier rounds. */
export function mergeRounds(earlier: BlockSums | undefined, round: BlockSums): BlockSums {
  if (earlier === undefined) return round;
  const [weighted, largest, sum] = tf.tidy(() => {
    const top = tf.maximum(earlier.largest, round.largest);
    const before = tf.exp(tf.sub(earlier.largest, top));
    const now = tf.exp(tf.sub(round.largest, top));
    return [
      tf.add(tf.mul(earlier.weighted, before), tf.mul(round.weighted, now)),
      top,
      tf.add(tf.mul(earlier.sum, before), tf.mul(round.sum, now)),
    ];
  });
  tf.dispose([...Object.values(earlier), ...Object.values(round)]);
  return { weighted: weighted!, largest: largest!, sum: sum! };
}

/** `[..., depth]` output and `[..., 1]` log-normaliser; call inside a tidy. */
export function finishRounds({ weighted, largest, sum }: BlockSums): {
  output: tf.Tensor;
  logSumExp: tf.Tensor;
} {
  return { output: tf.div(weighted, sum), logSumExp: writeLogSumExp(largest, sum) };
}
