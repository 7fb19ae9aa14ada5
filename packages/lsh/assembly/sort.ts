/** The stable counting sort of bucket ids, round by round. */

/** @returns the largest of `count` ids, or -1 when one of them is negative */
export function largestId(count: i32, ids: usize): i32 {
  let largest = 0;
  for (const end = ids + ((<usize>count) << 2); ids < end; ids += 4) {
    const id = load<i32>(ids);
    if (id < 0) return -1;
    largest = max(largest, id);
  }
  return largest;
}

/**
 * @param counts  scratch memory for `idCount + 1` int32
 * @param buckets `[rows, length]`, all from 0 to below idCount
 * @param order   `[rows, paddedLength]`, written: -1 in empty slots
 * @param inverse `[rows, length]`, written: slots counted over the numHashes rounds of a group
 */
export function sort(
  counts: usize,
  rows: i32,
  numHashes: i32,
  length: i32,
  paddedLength: i32,
  idCount: i32,
  buckets: usize,
  order: usize,
  inverse: usize,
): void {
  memory.fill(order, 0xff, (<usize>rows * paddedLength) << 2);
  for (let row = 0; row < rows; row++) {
    memory.fill(counts, 0, (<usize>(idCount + 1)) << 2);
    for (let position = 0; position < length; position++) {
      const next = counts + ((<usize>(load<i32>(buckets + ((<usize>position) << 2)) + 1)) << 2);
      store<i32>(next, load<i32>(next) + 1);
    }
    let total = 0;
    for (let id = 0; id < idCount; id++) {
      const at = counts + ((<usize>id) << 2);
      total += load<i32>(at);
      store<i32>(at, total);
    }
    const first = (row % numHashes) * paddedLength;
    for (let position = 0; position < length; position++) {
      const next = counts + ((<usize>load<i32>(buckets + ((<usize>position) << 2))) << 2);
      const slot = load<i32>(next);
      store<i32>(next, slot + 1);
      store<i32>(order + ((<usize>slot) << 2), position);
      store<i32>(inverse + ((<usize>position) << 2), first + slot);
    }
    buckets += (<usize>length) << 2;
    inverse += (<usize>length) << 2;
    order += (<usize>paddedLength) << 2;
  }
}
