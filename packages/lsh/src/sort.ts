/**
 * The stable sort by (bucket, position) that brings similar vectors side by side.
 *
 * Bucket ids are small integers, so a counting sort on the host is linear, stable by construction, and faster than any
 * sort that tfjs can express. Where tensors live on a device, a registered kernel sorts there.
 */
import { assertShape, InputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
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
 * @throws InputError when a bucket is negative, or paddedLength is below length
 */
export function sortByBucket(
  buckets: tf.Tensor,
  { paddedLength = buckets.shape[3] ?? 0, numBuckets }: { paddedLength?: number; numBuckets?: number } = {},
): SortedSlots {
  assertShape("buckets", buckets.shape, "[batch, heads, numHashes, length]");
  const [batch, heads, numHashes, length] = buckets.shape as [number, number, number, number];
  if (!(Number.isInteger(paddedLength) && paddedLength >= length)) {
    throw new InputError({
      field: "paddedLength",
      given: `${paddedLength}`,
      allowed: `an integer of at least ${length}`,
    });
  }
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
      firstSlot,
    );
  }
  return {
    order: tf.tensor2d(order, [groups, numHashes * paddedLength], "int32"),
    inverse: tf.tensor3d(inverse, [groups, numHashes, length], "int32"),
  };
}

/** Fills `order` with positions by ascending (id, position), and `inverse` with their slots counted from `firstSlot`. */
function countingSort(ids: Int32Array, order: Int32Array, inverse: Int32Array, firstSlot: number): void {
  let largest = 0;
  for (const id of ids) {
    if (id < 0) throw new InputError({ field: "buckets", given: `negative (${id})`, allowed: "0 or more" });
    if (id > largest) largest = id;
  }
  const next = new Int32Array(largest + 2);
  for (const id of ids) next[id + 1]!++;
  for (let id = 1; id < next.length; id++) next[id]! += next[id - 1]!;
  for (let position = 0; position < ids.length; position++) {
    const slot = next[ids[position]!]!++;
    order[slot] = position;
    inverse[position] = firstSlot + slot;
  }
}
