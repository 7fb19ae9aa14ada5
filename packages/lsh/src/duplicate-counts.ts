/**
 * How often a key occurs in the windows of a query, over all rounds: N of equation 16.
 *
 * Two similar tokens meet in several rounds; taking log N off their score makes them count once. The paper applies it;
 * later implementations dropped it, so it is an option.
 */
import type { Segment, SlotLayout } from "./slot-layout";

/**
 * Fills `[blocks, chunkLength, columns]` with log N.
 *
 * @param queryPositions `[blocks, chunkLength]`, -1 in empty slots
 * @param keyPositions   `[blocks, columns]`, -1 in empty slots
 */
export function fillLogCounts(
  target: Float32Array,
  layout: SlotLayout,
  segment: Segment,
  queryPositions: Int32Array,
  keyPositions: Int32Array,
): void {
  const { chunkLength, columns } = layout;
  const blocks = segment.groupCount * segment.chunkCount;
  for (let block = 0; block < blocks; block++) {
    const group = segment.firstGroup + Math.floor(block / segment.chunkCount);
    for (let row = 0; row < chunkLength; row++) {
      const query = queryPositions[block * chunkLength + row]!;
      if (query < 0) continue;
      const targets = windowsOf(layout, group, query);
      const start = (block * chunkLength + row) * columns;
      for (let column = 0; column < columns; column++) {
        const key = keyPositions[block * columns + column]!;
        if (key >= 0)
          target[start + column] = Math.log(Math.max(1, occurrences(layout, group, targets, key)));
      }
    }
  }
}

interface WindowChunk {
  chunk: number;
  round: number;
  /** The query's bucket in the round of its window, when buckets keep to themselves. */
  bucket: number;
}

/** The chunks of the ring that a position sees, one by one, over all rounds. */
function windowsOf(layout: SlotLayout, group: number, position: number): WindowChunk[] {
  const { numHashes, ringLength, chunksPerRound, chunksBefore, chunksAfter, chunkLength } = layout;
  const targets: WindowChunk[] = [];
  for (let round = 0; round < numHashes; round++) {
    const slot = slotOf(layout, group, round, position);
    const own = Math.floor(slot / chunkLength);
    for (let offset = -chunksBefore; offset <= chunksAfter; offset++) {
      const chunk = (((own + offset) % ringLength) + ringLength) % ringLength;
      targets.push({
        chunk,
        round: Math.floor(chunk / chunksPerRound),
        bucket: bucketAt(layout, group, slot),
      });
    }
  }
  return targets;
}

function occurrences(layout: SlotLayout, group: number, targets: WindowChunk[], key: number): number {
  let count = 0;
  for (const { chunk, round, bucket } of targets) {
    const slot = slotOf(layout, group, round, key);
    if (Math.floor(slot / layout.chunkLength) === chunk && bucketAt(layout, group, slot) === bucket) count++;
  }
  return count;
}

function slotOf(
  { inverse, numHashes, length }: SlotLayout,
  group: number,
  round: number,
  position: number,
): number {
  return inverse ? inverse[(group * numHashes + round) * length + position]! : position;
}

function bucketAt({ slotBuckets, numHashes, paddedLength }: SlotLayout, group: number, slot: number): number {
  return slotBuckets ? slotBuckets[group * numHashes * paddedLength + slot]! : 0;
}
