/** Which bucket every slot belongs to, for attention that keeps within buckets. */
import * as tf from "@tensorflow/tfjs-core";

/**
 * Ids differ between rounds, so that a bucket of one round never meets its namesake of another on the ring.
 *
 * @param buckets `[batch, heads, numHashes, length]` int32
 * @param order   `[groups, slots]` int32
 * @returns       `[groups, slots]` int32, -1 in empty slots; the caller owns it
 */
export function slotBuckets(buckets: tf.Tensor4D, order: tf.Tensor2D): tf.Tensor2D {
  const [batch, heads, numHashes, length] = buckets.shape;
  const rows = batch * heads * numHashes;
  const perRow = (value: (row: number) => number) =>
    tf.tensor2d(
      Int32Array.from({ length: rows }, (_, row) => value(row)),
      [rows, 1],
      "int32",
    );
  return tf.tidy(() => {
    const positions = tf.reshape(order, [rows, -1]);
    const places = tf.add(
      tf.maximum(positions, tf.scalar(0, "int32")),
      perRow((row) => row * length),
    );
    const ids = tf.gather(tf.reshape(buckets, [-1]), tf.cast(places, "int32"));
    const apart = tf.add(
      tf.mul(ids, tf.scalar(numHashes, "int32")),
      perRow((row) => row % numHashes),
    );
    const isEmpty = tf.less(positions, tf.scalar(0, "int32"));
    return tf.reshape(tf.where(isEmpty, tf.fill(positions.shape, -1, "int32"), apart), order.shape);
  }) as tf.Tensor2D;
}
