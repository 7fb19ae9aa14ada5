/**
 * Gradients of keys and values come per window, and windows overlap. Segment by segment they are summed over the chunks
 * that the segment reaches: its own and its neighbours', `chunkCount + windowChunks - 1` in all.
 *
 * The last `windowChunks - 1` of them are handed to the next segment of the round, which completes them; so a chunk is
 * complete in the last segment that reaches it, but for the borders of the round (border-sum.ts).
 */
import * as tf from "@tensorflow/tfjs-core";
import type { GroupBlock, Segment, SlotLayout } from "./slot-layout";

/**
 * Call inside a tidy.
 *
 * @param windows `[blocks, columns, depth]`
 * @param before  what this returned for the segment before
 * @returns       `[groupCount, reached, chunkLength, depth]`
 */
export function overReached(
  windows: tf.Tensor,
  { windowChunks, chunkLength, depth }: SlotLayout,
  { groupCount, chunkCount }: Segment,
  before: tf.Tensor | undefined,
): tf.Tensor {
  const size = chunkLength * depth;
  const overlap = windowChunks - 1;
  if (overlap === 0) return tf.reshape(windows, [groupCount, chunkCount, chunkLength, depth]);
  const byOffset = tf.reshape(windows, [groupCount, chunkCount, windowChunks, size]);
  const shifted = Array.from({ length: windowChunks }, (_, offset) => {
    const part = tf.slice(byOffset, [0, 0, offset, 0], [groupCount, chunkCount, 1, size]);
    const chunks = tf.reshape(part, [groupCount, chunkCount, size]);
    // The last neighbour's part leaves room for exactly what the segment before handed on.
    if (offset === overlap && before) {
      const handedOn = tf.slice(
        before,
        [0, before.shape[1]! - overlap, 0, 0],
        [groupCount, overlap, chunkLength, depth],
      );
      return tf.concat([tf.reshape(handedOn, [groupCount, overlap, size]), chunks], 1);
    }
    const room: [number, number] = [offset, overlap - offset];
    return tf.pad(chunks, [[0, 0], room, [0, 0]]);
  });
  const sum = shifted.reduce((total, part) => tf.add(total, part));
  return tf.reshape(sum, [groupCount, chunkCount + overlap, chunkLength, depth]);
}

/**
 * Gathers each position's gradient from the segment where its chunk is complete: `[groupCount · length, depth]`.
 *
 * @param gradients for each kind of gradient what {@link overReached} returned for the segments of a round
 */
export function reachedToPositions(
  layout: SlotLayout,
  { firstGroup, groupCount }: GroupBlock,
  segments: Segment[],
  gradients: tf.Tensor[][],
): tf.Tensor[] {
  const { inverse, numHashes, length, paddedLength, chunkLength, chunksBefore, windowChunks, depth } = layout;
  const { round, chunkCount } = segments[0]!;
  const overlap = windowChunks - 1;
  const rowsOfGroup = (layout.chunksPerRound + segments.length * overlap) * chunkLength;
  const index = new Int32Array(groupCount * length);
  for (let group = 0; group < groupCount; group++) {
    const from = ((firstGroup + group) * numHashes + round) * length;
    for (let position = 0; position < length; position++) {
      const slot = inverse ? inverse[from + position]! - round * paddedLength : position;
      const reached = Math.floor(slot / chunkLength) + chunksBefore;
      const segment = Math.min(Math.floor(reached / chunkCount), segments.length - 1);
      const chunk = reached + segment * overlap;
      index[group * length + position] = group * rowsOfGroup + chunk * chunkLength + (slot % chunkLength);
    }
  }
  const rows = tf.tensor1d(index, "int32");
  return gradients.map((pieces) => tf.gather(tf.reshape(tf.concat(pieces, 1), [-1, depth]), rows));
}
