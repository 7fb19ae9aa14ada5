/**
 * Where positions sit once they are sorted, and the chunks of keys that a sliding window holds: what the forward and
 * the backward pass of chunk attention share. Contract: src/kernels/names.ts.
 */
import { copyRow } from "../../../internal/wasm/assembly/blocks";
import { padded } from "../../../internal/wasm/assembly/vectors";

export let groups: i32, length: i32, depth: i32;
export let numHashes: i32, paddedLength: i32, chunkLength: i32, chunksBefore: i32, chunksAfter: i32;
export let selfMask: bool, duplicateCorrection: bool, hasCodes: bool;
/** Draws below are dropped, 0 for none; the others' weights are multiplied by keptScale. */
export let dropThreshold: u32, dropoutSeed: u32, keptScale: f32;
export let slotBuckets: usize;
let causal: bool, groupsPerExample: i32;
/** Addresses, 0 where absent. */
let order: usize, inverse: usize, keyMask: usize;

export let chunksPerRound: i32, ring: i32, windowChunks: i32;
/** Slots of a chunk and numbers of a vector, filled up to whole vectors; then a block of them in bytes. */
export let rows: i32, width: i32, block: usize;
/** What is known about one slot, and the bytes of it for a chunk: see {@link fillChunk}. */
export let numbersPerSlot: i32, chunkBytes: usize;

/** Everything but queries, keys and values, checked by the caller. */
export function openSlots(
  newGroups: i32,
  newLength: i32,
  newDepth: i32,
  newNumHashes: i32,
  newPaddedLength: i32,
  newChunkLength: i32,
  newChunksBefore: i32,
  newChunksAfter: i32,
  newGroupsPerExample: i32,
  isCausal: bool,
  hasSelfMask: bool,
  correctsDuplicates: bool,
  newDropThreshold: u32,
  newDropoutSeed: u32,
  newKeptScale: f32,
  newOrder: usize,
  newInverse: usize,
  newSlotBuckets: usize,
  newKeyMask: usize,
): void {
  groups = newGroups;
  length = newLength;
  depth = newDepth;
  numHashes = newNumHashes;
  paddedLength = newPaddedLength;
  chunkLength = newChunkLength;
  chunksBefore = newChunksBefore;
  chunksAfter = newChunksAfter;
  groupsPerExample = newGroupsPerExample;
  causal = isCausal;
  selfMask = hasSelfMask;
  duplicateCorrection = correctsDuplicates;
  dropThreshold = newDropThreshold;
  dropoutSeed = newDropoutSeed;
  keptScale = newKeptScale;
  order = newOrder;
  inverse = newInverse;
  slotBuckets = newSlotBuckets;
  keyMask = newKeyMask;
  hasCodes = causal || keyMask != 0;
  chunksPerRound = paddedLength / chunkLength;
  ring = chunksPerRound * numHashes;
  windowChunks = chunksBefore + 1 + chunksAfter;
  rows = padded(chunkLength);
  width = padded(depth);
  block = (<usize>rows * width) << 2;
  numbersPerSlot = 3 + (duplicateCorrection ? 2 * numHashes : 0);
  chunkBytes = (<usize>rows * numbersPerSlot) << 2;
}

/** Whether every round holds every position once, where `inverse` says: then no row is written twice or outside. */
export function isPermutation(): bool {
  for (let row = 0; row < groups * numHashes; row++) {
    const slots = order + ((<usize>row * paddedLength) << 2);
    const positions = inverse + ((<usize>row * length) << 2);
    const first = (row % numHashes) * paddedLength;
    let filled = 0;
    for (let slot = 0; slot < paddedLength; slot++) {
      if (load<i32>(slots + (<usize>slot << 2)) != -1) filled++;
    }
    if (filled != length) return false;
    for (let position = 0; position < length; position++) {
      const slot = load<i32>(positions + (<usize>position << 2)) - first;
      if (slot < 0 || slot >= paddedLength) return false;
      if (load<i32>(slots + (<usize>slot << 2)) != position) return false;
    }
  }
  return true;
}

/** Of a chunk counted anywhere on the endless ring. */
export function wrap(chunk: i32): i32 {
  return ((chunk % ring) + ring) % ring;
}

/** Which place of the window holds a chunk, counted from `-chunksBefore` on. */
// @ts-ignore: decorator
@inline
export function placeOf(chunk: i32): i32 {
  return (chunk + chunksBefore) % windowChunks;
}

// @ts-ignore: decorator
@inline
export function positionAt(group: i32, slot: i32): i32 {
  if (order == 0) return slot < length ? slot : -1;
  return load<i32>(order + ((<usize>group * numHashes * paddedLength + slot) << 2));
}

function slotOf(group: i32, round: i32, position: i32): i32 {
  if (inverse == 0) return position;
  return load<i32>(inverse + (((<usize>group * numHashes + round) * length + position) << 2));
}

function bucketAt(group: i32, slot: i32): i32 {
  if (slotBuckets == 0) return 0;
  return load<i32>(slotBuckets + ((<usize>group * numHashes * paddedLength + slot) << 2));
}

function isMasked(group: i32, position: i32): bool {
  if (keyMask == 0) return false;
  return load<i32>(keyMask + ((<usize>(group / groupsPerExample) * length + position) << 2)) == 0;
}

/**
 * int32 `[rows]` each: positions (-1: empty), codes (a query of a smaller code may not see the key), buckets. When
 * duplicates are corrected, then for every round the chunk and the bucket where the position sits there.
 */
export function fillChunk(group: i32, ringChunk: i32, chunk: usize): void {
  const each = <usize>rows << 2;
  for (let i = 0; i < rows; i++, chunk += 4) {
    const slot = ringChunk * chunkLength + i;
    const position = i < chunkLength ? positionAt(group, slot) : -1;
    store<i32>(chunk, position);
    store<i32>(chunk + each, position < 0 ? -1 : isMasked(group, position) ? i32.MAX_VALUE : causal ? position : 0);
    store<i32>(chunk + 2 * each, position < 0 ? -1 : bucketAt(group, slot));
    if (!duplicateCorrection) continue;
    for (let round = 0; round < numHashes; round++) {
      const other = position < 0 ? -1 : slotOf(group, round, position);
      store<i32>(chunk + (3 + round) * each, position < 0 ? -1 : other / chunkLength);
      store<i32>(chunk + (3 + numHashes + round) * each, position < 0 ? -1 : bucketAt(group, other));
    }
  }
}

/** What a query is compared with: a position, or 0 where none is later than another. */
// @ts-ignore: decorator
@inline
export function queryCodes(positions: v128): v128 {
  return causal ? positions : i32x4.splat(0);
}

/** The rows of a chunk's positions, `[rows, width]`; zeros for empty slots and behind a row's end. */
export function gatherRows(chunk: usize, from: usize, to: usize): void {
  for (let i = 0; i < rows; i++, chunk += 4) {
    const position = load<i32>(chunk);
    const end = to + (<usize>width << 2);
    if (position >= 0) {
      if (width != depth) v128.store(end - 16, f32x4.splat(0));
      copyRow(depth, from + ((<usize>position * depth) << 2), to);
      to = end;
    } else {
      for (; to < end; to += 16) v128.store(to, f32x4.splat(0));
    }
  }
}
