/** The masks of a segment, from patterns where its windows are ordinary, by comparison where they are not. */
import * as tf from "@tensorflow/tfjs-core";
import { dropoutRow, fillDropoutRow } from "./dropout";
import { fillLogCounts } from "./duplicate-counts";
import { type MaskPatterns, showsEachOnce } from "./mask-patterns";
import { type BlockMasks, compareAll, emptyScore, nobody, type Pairing } from "./masks";
import { ofQueries, ofWindows, type SegmentRows } from "./segment";
import { keyIsMasked, reachedChunks, type Segment, type SlotLayout, staysInRound } from "./slot-layout";

/** Call inside a tidy. */
export function segmentMasks(
  layout: SlotLayout,
  segment: Segment,
  rows: SegmentRows,
  patterns: MaskPatterns,
): BlockMasks {
  const { chunkLength, columns } = layout;
  const shape: [number, number, number] = [segment.groupCount * segment.chunkCount, chunkLength, columns];
  const masks = replacements(layout, segment, rows, patterns);
  if (rows.hasEmpty) {
    const empty = Float32Array.from(rows.keyPositions, (position) => (position < 0 ? emptyScore : 0));
    masks.emptyKeys = tf.tensor3d(empty, [shape[0], 1, columns]);
  }
  if (layout.duplicateCorrection) {
    const counts = new Float32Array(shape[0] * chunkLength * columns);
    fillLogCounts(counts, layout, segment, rows.queryPositions, rows.keyPositions);
    masks.logCounts = tf.tensor3d(counts, shape);
  }
  if (layout.dropoutRate > 0) masks.dropout = tf.tensor3d(dropoutWeights(layout, segment), shape);
  return masks;
}

function replacements(
  layout: SlotLayout,
  segment: Segment,
  rows: SegmentRows,
  patterns: MaskPatterns,
): BlockMasks {
  const { causal, selfMask, keyMask, order, slotBuckets } = layout;
  const blocks = segment.groupCount * segment.chunkCount;
  if (slotBuckets || (selfMask && !showsEachOnce(layout, segment))) {
    return compareAll({
      codes: causal || keyMask ? codes(layout, segment, rows) : undefined,
      buckets: slotBuckets && buckets(layout, segment, slotBuckets),
      positions: selfMask ? pairing(layout, rows.queryPositions, rows.keyPositions) : undefined,
    });
  }
  if (!causal && !keyMask) {
    return selfMask ? { replaced: patterns.diagonal(blocks), substitutes: patterns.substitutes(blocks) } : {};
  }
  if (!selfMask && !keyMask && !order && staysInRound(layout, segment)) {
    return { replaced: patterns.later(blocks), substitutes: patterns.substitutes(blocks) };
  }
  const { query, key } = codes(layout, segment, rows);
  // With selfMask the diagonal is replaced too: by its own constant.
  if (selfMask && causal)
    return { replaced: tf.lessEqual(query, key), substitutes: patterns.substitutes(blocks) };
  const forbidden = tf.less(query, key);
  const replaced = selfMask ? tf.logicalOr(forbidden, patterns.diagonal(blocks)) : forbidden;
  return { replaced, substitutes: patterns.substitutes(blocks) };
}

function pairing({ chunkLength, columns }: SlotLayout, query: Int32Array, key: Int32Array): Pairing {
  return {
    query: tf.tensor3d(query, [query.length / chunkLength, chunkLength, 1], "int32"),
    key: tf.tensor3d(key, [key.length / columns, 1, columns], "int32"),
  };
}

/** Positions when causal, and a code beyond every query for keys that the mask hides. */
function codes(layout: SlotLayout, segment: Segment, { queryPositions, keyPositions }: SegmentRows): Pairing {
  const { causal, keyMask, columns } = layout;
  const query = causal ? queryPositions : new Int32Array(queryPositions.length);
  if (!keyMask) return pairing(layout, query, keyPositions);
  const perGroup = segment.chunkCount * columns;
  const key = keyPositions.map((position, i) => {
    if (position < 0) return -1;
    if (keyIsMasked(layout, segment.firstGroup + Math.floor(i / perGroup), position)) return nobody;
    return causal ? position : 0;
  });
  return pairing(layout, query, key);
}

function buckets(layout: SlotLayout, segment: Segment, slotBuckets: Int32Array): Pairing {
  const { chunkLength, numHashes, paddedLength } = layout;
  const firstSlots = reachedChunks(layout, segment);
  const reached = new Int32Array(segment.groupCount * firstSlots.length * chunkLength);
  for (let group = 0; group < segment.groupCount; group++) {
    firstSlots.forEach((firstSlot, chunk) => {
      const from = (segment.firstGroup + group) * numHashes * paddedLength + firstSlot;
      const at = (group * firstSlots.length + chunk) * chunkLength;
      reached.set(slotBuckets.subarray(from, from + chunkLength), at);
    });
  }
  return pairing(layout, ofQueries(reached, layout, segment), ofWindows(reached, layout, segment));
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
