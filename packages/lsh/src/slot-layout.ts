/**
 * Where positions sit after sorting, on the host, and how the slots are cut into segments.
 *
 * A segment is a run of chunks of one round of one group, or the whole round of several small groups. Work is done
 * segment by segment, so that scores exist for a few thousand queries at a time and stay in cache.
 */
import type { ChunkAttentionAttributes, ChunkAttentionInputs } from "./kernels/names";

export interface SlotLayout extends ChunkAttentionAttributes {
  groups: number;
  length: number;
  depth: number;
  chunksPerRound: number;
  /** Chunks in the ring: those of all rounds. */
  ringLength: number;
  /** Chunks in a window, and the slots in them. */
  windowChunks: number;
  columns: number;
  /** `[groups, slots]`; absent when positions are in order. */
  order?: Int32Array;
  /** `[groups, numHashes, length]` */
  inverse?: Int32Array;
  /** `[groups, slots]` */
  slotBuckets?: Int32Array;
  /** `[groups / heads, length]`, repeated for every head by {@link keyIsMasked}. */
  keyMask?: ArrayLike<number>;
  batch: number;
}

/** Consecutive groups that are worked on together. */
export interface GroupBlock {
  firstGroup: number;
  groupCount: number;
}

export interface Segment extends GroupBlock {
  round: number;
  /** Counted within the round. */
  firstChunk: number;
  chunkCount: number;
}

export function readLayout(inputs: ChunkAttentionInputs, attributes: ChunkAttentionAttributes): SlotLayout {
  const [groups, length, depth] = inputs.query.shape as [number, number, number];
  const { chunkLength, chunksBefore, chunksAfter, numHashes, paddedLength } = attributes;
  const chunksPerRound = paddedLength / chunkLength;
  const windowChunks = chunksBefore + 1 + chunksAfter;
  return {
    ...attributes,
    groups,
    length,
    depth,
    chunksPerRound,
    ringLength: chunksPerRound * numHashes,
    windowChunks,
    columns: windowChunks * chunkLength,
    order: inputs.order?.dataSync() as Int32Array | undefined,
    inverse: inputs.inverse?.dataSync() as Int32Array | undefined,
    slotBuckets: inputs.slotBuckets?.dataSync() as Int32Array | undefined,
    keyMask: inputs.keyMask?.dataSync(),
    batch: inputs.keyMask?.shape[0] ?? 1,
  };
}

/** The position in a slot of a group, -1 when it is empty. */
export function positionAt(
  { order, length, numHashes, paddedLength }: SlotLayout,
  group: number,
  slot: number,
): number {
  if (order) return order[group * numHashes * paddedLength + slot]!;
  return slot < length ? slot : -1;
}

export function keyIsMasked(
  { keyMask, batch, groups, length }: SlotLayout,
  group: number,
  position: number,
): boolean {
  if (!keyMask) return false;
  const example = Math.floor((group * batch) / groups);
  return keyMask[example * length + position] === 0;
}

/** Blocks of groups, each with the segments of one of its rounds. */
export function planBlocks(
  { groups, paddedLength, chunkLength, chunksPerRound, columns }: SlotLayout,
  scoreBudget: number,
) {
  const rows = Math.max(chunkLength, Math.floor(scoreBudget / columns));
  const groupCount = Math.min(groups, Math.max(1, Math.floor(rows / paddedLength)));
  const chunkCount = Math.min(chunksPerRound, Math.max(1, Math.floor(rows / chunkLength)));
  const blocks: GroupBlock[] = [];
  for (let firstGroup = 0; firstGroup < groups; firstGroup += groupCount) {
    blocks.push({ firstGroup, groupCount: Math.min(groupCount, groups - firstGroup) });
  }
  const segmentsOf = (block: GroupBlock, round: number): Segment[] =>
    Array.from({ length: Math.ceil(chunksPerRound / chunkCount) }, (_, i) => ({
      ...block,
      round,
      firstChunk: i * chunkCount,
      chunkCount: Math.min(chunkCount, chunksPerRound - i * chunkCount),
    }));
  return { blocks, segmentsOf, mostChunks: groupCount * chunkCount };
}

/** The first slot of each chunk that a segment's windows reach, in order: `chunkCount + windowChunks - 1` of them. */
export function reachedChunks(layout: SlotLayout, { round, firstChunk, chunkCount }: Segment): number[] {
  const { chunksPerRound, ringLength, windowChunks, chunksBefore, chunkLength } = layout;
  const first = round * chunksPerRound + firstChunk - chunksBefore;
  return Array.from({ length: chunkCount + windowChunks - 1 }, (_, i) => {
    const chunk = (((first + i) % ringLength) + ringLength) % ringLength;
    return chunk * chunkLength;
  });
}

/** No window of the segment reaches around the ring or into another round. */
export function staysInRound(
  { chunksBefore, chunksAfter, chunksPerRound }: SlotLayout,
  { firstChunk, chunkCount }: Segment,
): boolean {
  return firstChunk >= chunksBefore && firstChunk + chunkCount + chunksAfter <= chunksPerRound;
}
