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
  const ids = buckets.dataSync();
  const positions = order.dataSync();
  const perRound = order.shape[1] / numHashes;
  const slots = new Int32Array(positions.length);
  for (let row = 0; row < batch * heads * numHashes; row++) {
    for (let offset = 0; offset < perRound; offset++) {
      const slot = row * perRound + offset;
      const position = positions[slot]!;
      slots[slot] = position < 0 ? -1 : ids[row * length + position]! * numHashes + (row % numHashes);
    }
  }
  return tf.tensor2d(slots, order.shape, "int32");
}
