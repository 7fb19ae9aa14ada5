/** Which rows a segment's queries and windows are made of, found on the host, and how they are fetched. */
import * as tf from "@tensorflow/tfjs-core";
import { positionAt, reachedChunks, type Segment, type SlotLayout, staysInRound } from "./slot-layout";

export interface SegmentRows {
  /** `[blocks, chunkLength]`: the positions of the queries, -1 in empty slots. */
  queryPositions: Int32Array;
  /** `[blocks, columns]`: the positions in their windows. */
  keyPositions: Int32Array;
  hasEmpty: boolean;
  /** From a `[groups · length, …]` matrix to the queries' rows, `[blocks, chunkLength, …]`; empty slots borrow a row. */
  fetchQueries: (matrix: tf.Tensor) => tf.Tensor;
  /** The same for the windows: `[blocks, columns, …]`. */
  fetchWindows: (matrix: tf.Tensor) => tf.Tensor;
}

/**
 * Call inside a tidy.
 *
 * @param baseGroup the group whose rows come first in the matrix that is gathered from
 */
export function segmentRows(layout: SlotLayout, segment: Segment, baseGroup = 0): SegmentRows {
  const { chunkLength, length } = layout;
  const { firstGroup, groupCount } = segment;
  const firstSlots = reachedChunks(layout, segment);
  const positions = new Int32Array(groupCount * firstSlots.length * chunkLength);
  const rows = new Int32Array(positions.length);
  let at = 0;
  for (let group = firstGroup; group < firstGroup + groupCount; group++) {
    for (const firstSlot of firstSlots) {
      for (let offset = 0; offset < chunkLength; offset++, at++) {
        const position = positionAt(layout, group, firstSlot + offset);
        positions[at] = position;
        rows[at] = (group - baseGroup) * length + Math.max(position, 0);
      }
    }
  }
  const hasEmpty = positions.includes(-1);
  return {
    queryPositions: ofQueries(positions, layout, segment),
    keyPositions: ofWindows(positions, layout, segment),
    hasEmpty,
    ...(!layout.order && !hasEmpty && groupCount === 1 && staysInRound(layout, segment)
      ? fetchInOrder(layout, segment, rows[0]!)
      : fetchByIndex(layout, segment, rows)),
  };
}

type Fetching = Pick<SegmentRows, "fetchQueries" | "fetchWindows">;

/** Sorted rows are gathered. */
function fetchByIndex(layout: SlotLayout, segment: Segment, rows: Int32Array): Fetching {
  const queryIndex = tf.tensor1d(ofQueries(rows, layout, segment), "int32");
  const windowIndex = tf.tensor1d(ofWindows(rows, layout, segment), "int32");
  return {
    fetchQueries: (matrix) => gatherBlocks(matrix, queryIndex, layout.chunkLength),
    fetchWindows: (matrix) => gatherBlocks(matrix, windowIndex, layout.columns),
  };
}

function gatherBlocks(matrix: tf.Tensor, index: tf.Tensor1D, perBlock: number): tf.Tensor {
  return tf.reshape(tf.gather(matrix, index), [-1, perBlock, matrix.shape[1]!]);
}

/** Rows in their natural order are copied in runs, which is cheaper. */
function fetchInOrder(layout: SlotLayout, { chunkCount }: Segment, firstRow: number): Fetching {
  const { chunkLength, chunksBefore, windowChunks } = layout;
  const fetchFrom = (chunk: number, matrix: tf.Tensor) => {
    const size = matrix.shape[1]!;
    const run = tf.slice(matrix, [firstRow + chunk * chunkLength, 0], [chunkCount * chunkLength, size]);
    return tf.reshape(run, [chunkCount, chunkLength, size]);
  };
  const neighbours = Array.from({ length: windowChunks }, (_, chunk) => chunk);
  return {
    fetchQueries: (matrix) => fetchFrom(chunksBefore, matrix),
    fetchWindows: (matrix) =>
      tf.concat(
        neighbours.map((chunk) => fetchFrom(chunk, matrix)),
        1,
      ),
  };
}

/** From a value per reached slot, those of the queries: `[blocks, chunkLength]`. */
export function ofQueries(values: Int32Array, layout: SlotLayout, segment: Segment): Int32Array {
  const { chunkLength, chunksBefore, windowChunks } = layout;
  const reached = segment.chunkCount + windowChunks - 1;
  const rows = segment.chunkCount * chunkLength;
  const queries = new Int32Array(segment.groupCount * rows);
  for (let group = 0; group < segment.groupCount; group++) {
    const from = (group * reached + chunksBefore) * chunkLength;
    queries.set(values.subarray(from, from + rows), group * rows);
  }
  return queries;
}

/** From a value per reached slot, those in the overlapping windows: `[blocks, columns]`. */
export function ofWindows(values: Int32Array, layout: SlotLayout, segment: Segment): Int32Array {
  const { chunkLength, columns, windowChunks } = layout;
  const reached = segment.chunkCount + windowChunks - 1;
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
