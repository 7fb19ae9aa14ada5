/**
 * A segment made ready for {@link attendBlocks}: which rows to gather, and the masks, all found on the host.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type BlockMasks, emptyScore } from "./attend";
import { dropoutRow, fillDropoutRow } from "./dropout";
import { fillLogCounts } from "./duplicate-counts";
import { keyIsMasked, positionAt, reachedChunks, type Segment, type SlotLayout } from "./slot-layout";

/** Larger than any position: a key that nobody may attend to. */
const nobody = 0x7fffffff;

export interface SegmentRows {
  /** `[groupCount, reached, chunkLength]`: positions in the chunks that the windows reach, -1 in empty slots. */
  positions: Int32Array;
  /** Chunks reached by the segment, per group. */
  reached: number;
  /** The same as rows of a `[groups · length, …]` matrix; empty slots borrow a row. */
  rowIndex: Int32Array;
  /** `[groupCount · chunkCount · chunkLength]`: the rows of the queries alone. */
  queryIndex: Int32Array;
  /** `[groupCount · chunkCount · chunkLength]`: positions of the queries. */
  queryPositions: Int32Array;
}

/** @param baseGroup the group whose rows come first in the matrix that is gathered from */
export function segmentRows(layout: SlotLayout, segment: Segment, baseGroup = 0): SegmentRows {
  const { chunkLength, chunksBefore, length } = layout;
  const { firstGroup, groupCount, chunkCount } = segment;
  const firstSlots = reachedChunks(layout, segment);
  const reached = firstSlots.length;
  const positions = new Int32Array(groupCount * reached * chunkLength);
  const rowIndex = new Int32Array(positions.length);
  const queryIndex = new Int32Array(groupCount * chunkCount * chunkLength);
  const queryPositions = new Int32Array(queryIndex.length);
  let at = 0;
  for (let group = firstGroup; group < firstGroup + groupCount; group++) {
    for (const firstSlot of firstSlots) {
      for (let offset = 0; offset < chunkLength; offset++, at++) {
        const position = positionAt(layout, group, firstSlot + offset);
        positions[at] = position;
        rowIndex[at] = (group - baseGroup) * length + Math.max(position, 0);
      }
    }
    const from = ((group - firstGroup) * reached + chunksBefore) * chunkLength;
    const to = from + chunkCount * chunkLength;
    queryIndex.set(rowIndex.subarray(from, to), (group - firstGroup) * chunkCount * chunkLength);
    queryPositions.set(positions.subarray(from, to), (group - firstGroup) * chunkCount * chunkLength);
  }
  return { positions, reached, rowIndex, queryIndex, queryPositions };
}

/** Spreads a value per reached slot over the overlapping windows: `[groupCount · chunkCount, columns]`. */
function overWindows(values: Int32Array, reached: number, layout: SlotLayout, segment: Segment): Int32Array {
  const { chunkLength, columns } = layout;
  const windows = new Int32Array(segment.groupCount * segment.chunkCount * columns);
  let at = 0;
  for (let group = 0; group < segment.groupCount; group++) {
    for (let chunk = 0; chunk < segment.chunkCount; chunk++, at += columns) {
      const from = (group * reached + chunk) * chunkLength;
      windows.set(values.subarray(from, from + columns), at);
    }
  }
  return windows;
}

export function segmentMasks(layout: SlotLayout, segment: Segment, rows: SegmentRows): BlockMasks {
  const { chunkLength, columns, causal, selfMask, numHashes, paddedLength } = layout;
  const blocks = segment.groupCount * segment.chunkCount;
  const asQueries = (values: Int32Array) => tf.tensor3d(values, [blocks, chunkLength, 1], "int32");
  const asKeys = (values: Int32Array) => tf.tensor3d(values, [blocks, 1, columns], "int32");
  const keyPositions = overWindows(rows.positions, rows.reached, layout, segment);
  const masks: BlockMasks = {};

  if (selfMask) {
    masks.queryPosition = asQueries(rows.queryPositions);
    masks.keyPosition = asKeys(keyPositions);
  }
  if (causal || layout.keyMask) {
    const groupOfWindow = (window: number) => segment.firstGroup + Math.floor(window / segment.chunkCount);
    masks.keyCode = asKeys(
      keyPositions.map((position, i) => {
        if (position < 0) return -1;
        if (keyIsMasked(layout, groupOfWindow(Math.floor(i / columns)), position)) return nobody;
        return causal ? position : 0;
      }),
    );
    masks.queryCode = asQueries(causal ? rows.queryPositions : new Int32Array(rows.queryPositions.length));
  }
  if (rows.positions.includes(-1)) {
    const empty = Float32Array.from(keyPositions, (position) => (position < 0 ? emptyScore : 0));
    masks.emptyKeys = tf.tensor3d(empty, [blocks, 1, columns]);
  }
  if (layout.slotBuckets) {
    const buckets = new Int32Array(rows.positions.length);
    const firstSlots = reachedChunks(layout, segment);
    firstSlots.forEach((firstSlot, chunk) => {
      for (let group = 0; group < segment.groupCount; group++) {
        const from = (segment.firstGroup + group) * numHashes * paddedLength + firstSlot;
        buckets.set(
          layout.slotBuckets!.subarray(from, from + chunkLength),
          (group * rows.reached + chunk) * chunkLength,
        );
      }
    });
    masks.keyBucket = asKeys(overWindows(buckets, rows.reached, layout, segment));
    masks.queryBucket = asQueries(queriesOf(buckets, rows.reached, layout, segment));
  }
  if (layout.duplicateCorrection) {
    const counts = new Float32Array(blocks * chunkLength * columns);
    fillLogCounts(counts, layout, segment, rows.queryPositions, keyPositions);
    masks.logCounts = tf.tensor3d(counts, [blocks, chunkLength, columns]);
  }
  if (layout.dropoutRate > 0) {
    masks.dropout = tf.tensor3d(dropoutWeights(layout, segment), [blocks, chunkLength, columns]);
  }
  return masks;
}

function queriesOf(values: Int32Array, reached: number, layout: SlotLayout, segment: Segment): Int32Array {
  const { chunkLength, chunksBefore } = layout;
  const rows = segment.chunkCount * chunkLength;
  const queries = new Int32Array(segment.groupCount * rows);
  for (let group = 0; group < segment.groupCount; group++) {
    const from = (group * reached + chunksBefore) * chunkLength;
    queries.set(values.subarray(from, from + rows), group * rows);
  }
  return queries;
}

function dropoutWeights(layout: SlotLayout, segment: Segment): Float32Array {
  const { chunkLength, chunksPerRound, columns, dropoutRate, dropoutSeed } = layout;
  const rows = segment.chunkCount * chunkLength;
  const weights = new Float32Array(segment.groupCount * rows * columns);
  const firstSlot = (segment.round * chunksPerRound + segment.firstChunk) * chunkLength;
  for (let group = 0; group < segment.groupCount; group++) {
    for (let row = 0; row < rows; row++) {
      const stream = dropoutRow(dropoutSeed, segment.firstGroup + group, firstSlot + row);
      fillDropoutRow(weights, (group * rows + row) * columns, columns, stream, dropoutRate);
    }
  }
  return weights;
}
