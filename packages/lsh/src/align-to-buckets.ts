/**
 * Strictly causal routing: chunks that are aligned to buckets.
 *
 * Classic routing cuts the whole sorted sequence into chunks, so which chunk a token falls into depends on how many
 * tokens there are in lower buckets, later ones included: a later token can move an earlier one's window. Here each
 * bucket's tokens, in order of position, are cut by themselves, the last chunk of a bucket padded with empty slots.
 * A token's chunk is then its rank in its bucket divided by chunkLength, and its rank counts earlier tokens alone.
 *
 * The price is empty slots: up to one chunk per bucket and chunksBefore per round, instead of one per round.
 */
import * as tf from "@tensorflow/tfjs-core";
import { largestId } from "./bucket-ids";
import { alignWithKernel } from "./kernels/dispatch";

export interface AlignedSlots {
  /** `[groups, slots]` int32: the position in each slot, -1 in an empty one. */
  order: tf.Tensor2D;
  /** `[groups, numHashes, length]` int32: the slot of each position in each round. */
  inverse: tf.Tensor3D;
  /** `[groups, slots]` int32: ids that differ between buckets and between rounds, -1 in empty slots. */
  slotBuckets: tf.Tensor2D;
  /** Slots of a round: those of the round that needs most, or, where buckets are not read, those that one may need. */
  paddedLength: number;
}

export interface Alignment {
  chunkLength: number;
  chunksBefore: number;
  /** Ids are below it. */
  numBuckets: number;
}

/**
 * @param buckets `[batch, heads, numHashes, length]` int32
 * @returns       where everything sits; the caller owns the tensors
 * @throws InputError when a bucket is negative or not below numBuckets; where a device aligns, contents are not read
 */
export function alignToBuckets(
  buckets: tf.Tensor4D,
  { chunkLength, chunksBefore, numBuckets }: Alignment,
): AlignedSlots {
  const [batch, heads, numHashes, length] = buckets.shape;
  const most = mostAlignedSlots(length, { chunkLength, numBuckets }) + chunksBefore * chunkLength;
  const aligned = alignWithKernel({ buckets }, { chunkLength, paddedLength: most, numBuckets });
  if (aligned) return { ...aligned, paddedLength: most };

  const groups = batch * heads;
  const ids = buckets.dataSync() as Int32Array;
  const starts = Array.from({ length: groups * numHashes }, (_, row) =>
    bucketStarts(ids.subarray(row * length, (row + 1) * length), { chunkLength, numBuckets }),
  );
  // Empty chunks end every round, as many as a window looks back over: a bucket never meets itself around the ring.
  const paddedLength = Math.max(...starts.map(({ slots }) => slots)) + chunksBefore * chunkLength;
  const order = new Int32Array(groups * numHashes * paddedLength).fill(-1);
  const slotBuckets = new Int32Array(order.length).fill(-1);
  const inverse = new Int32Array(groups * numHashes * length);
  starts.forEach(({ next }, row) => {
    const round = row % numHashes;
    for (let position = 0; position < length; position++) {
      const id = ids[row * length + position]!;
      const slot = next[id]!++;
      order[row * paddedLength + slot] = position;
      slotBuckets[row * paddedLength + slot] = id * numHashes + round;
      inverse[row * length + position] = round * paddedLength + slot;
    }
  });
  return {
    order: tf.tensor2d(order, [groups, numHashes * paddedLength], "int32"),
    inverse: tf.tensor3d(inverse, [groups, numHashes, length], "int32"),
    slotBuckets: tf.tensor2d(slotBuckets, [groups, numHashes * paddedLength], "int32"),
    paddedLength,
  };
}

/** Slots that a round may need: a chunk for every bucket that a token may be in, less the one slot that it fills. */
export function mostAlignedSlots(
  length: number,
  { chunkLength, numBuckets }: Omit<Alignment, "chunksBefore">,
): number {
  const inUse = Math.min(numBuckets, length);
  return Math.floor((length + inUse * (chunkLength - 1)) / chunkLength) * chunkLength;
}

/** The first slot of every bucket, and how many slots all of them take, in whole chunks. */
function bucketStarts(
  ids: Int32Array,
  { chunkLength, numBuckets }: Omit<Alignment, "chunksBefore">,
): { next: Int32Array; slots: number } {
  const next = new Int32Array(largestId(ids, numBuckets) + 1);
  for (const id of ids) next[id]!++;
  let slots = 0;
  next.forEach((count, id) => {
    next[id] = slots;
    slots += Math.ceil(count / chunkLength) * chunkLength;
  });
  return { next, slots };
}
