/** Bucket ids, which somebody may have made: they are counted, so they must be small and none below 0. */
import { InputError } from "@reformer-ts/internal-checks";

/** Ids that are counted at most, 64 MB of counters: far more buckets than any sequence asks for. */
export const mostIds = 1 << 24;

/**
 * @param numBuckets ids are below it
 * @returns the largest id
 * @throws InputError when an id is negative, or not below numBuckets
 */
export function largestId(ids: Int32Array, numBuckets = mostIds): number {
  let largest = 0;
  for (const id of ids) {
    if (id < 0) throw new InputError({ field: "buckets", given: `negative (${id})`, allowed: "0 or more" });
    if (id > largest) largest = id;
  }
  if (largest < numBuckets) return largest;
  throw new InputError({ field: "buckets", given: `up to ${largest}`, allowed: `below ${numBuckets}` });
}
