/**
 * The stable sort by (bucket, position) that brings similar vectors side by side.
 *
 * Bucket ids are small integers, so a counting sort on the host is linear, stable by construction, and faster than any
 * sort that tfjs can express. Where tensors live on a device, a registered kernel sorts there.
 */
import { assertShape, requireInteger } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { largestId } from "./bucket-ids";
import { requireType } from "./inputs";
import { sortWithKernel } from "./kernels/dispatch";

export interface SortedSlots {
  /** `[groups, slots]` int32: the position in each slot, -1 in an empty one; groups = batch heads, slots = numHashes paddedLength. */
  order: tf.Tensor2D;
  /** `[groups, numHashes, length]` int32: the slot of each position in each round. */
  inverse: tf.Tensor3D;
}

/**
 * Sorts every round by itself and lays the rounds end to end; each ends in `paddedLength - length` empty slots.
 *
 * @param buckets `[batch, heads, numHashes, length]` int32
 * @param options.numBuckets ids are below it; a device sorts faster where it is known
 * @returns the permutation and its inverse; the caller owns both
 * @throws InputError when buckets are no such integers, a bucket is negative or not below numBuckets (where a device sorts,
 *         contents are not read), or paddedLength is below length
 */
export function sortByBucket(
  buckets: tf.Tensor,
  { paddedLength = buckets.shape[3] ?? 0, numBuckets }: { paddedLength?: number; numBuckets?: number } = {},
): SortedSlots {
  assertShape("buckets", buckets.shape, "[batch, heads, numHashes, length]");
  requireType("buckets", buckets, "int32");
  if (numBuckets !== undefined) requireInteger("numBuckets", numBuckets, 1);
  const [batch, heads, numHashes, length] = buckets.shape as [number, number, number, number];
  requireInteger("paddedLength", paddedLength, length);
  const sorted = sortWithKernel({ buckets }, { paddedLength, ...(numBuckets ? { numBuckets } : {}) });
  if (sorted) return sorted;

  const ids = buckets.dataSync() as Int32Array;
  const groups = batch * heads;
  const order = new Int32Array(groups * numHashes * paddedLength).fill(-1);
  const inverse = new Int32Array(groups * numHashes * length);
  for (let row = 0; row < groups * numHashes; row++) {
    const firstSlot = (row % numHashes) * paddedLength;
    countingSort(
      ids.subarray(row * length, (row + 1) * length),
      order.subarray(row * paddedLength, (row + 1) * paddedLength),
      inverse.subarray(row * length, (row + 1) * length),
      { firstSlot, numBuckets },
    );
  }
  return {
    order: tf.tensor2d(order, [groups, numHashes * paddedLength], "int32"),
    inverse: tf.tensor3d(inverse, [groups, numHashes, length], "int32"),
  };
}

/** Fills `order` with positions by ascending (id, position), and `inverse` with their slots counted from `firstSlot`. */
function countingSort(
  ids: Int32Array,
  order: Int32Array,
  inverse: Int32Array,
  { firstSlot, numBuckets }: { firstSlot: number; numBuckets: number | undefined },
): void {
  const next = new Int32Array(largestId(ids, numBuckets) + 2);
  for (const id of ids) next[id + 1]!++;
  for (let id = 1; id < next.length; id++) next[id]! += next[id - 1]!;
  for (let position = 0; position < ids.length; position++) {
    const slot = next[ids[position]!]!++;
    order[slot] = position;
    inverse[position] = firstSlot + slot;
  }
}
