/**
 * Nearly all windows are alike: a query's own key stands on the diagonal of its own chunk and nowhere else. So the
 * constants that stand in for masked scores, and for local attention the mask itself, are made once per call.
 */
import * as tf from "@tensorflow/tfjs-core";
import { forbiddenScore, selfScore } from "./masks";
import { type Segment, type SlotLayout, staysInRound } from "./slot-layout";

export interface MaskPatterns {
  /** `[blocks, chunkLength, columns]`: -1e5 on the diagonal with selfMask, -1e9 elsewhere. */
  substitutes(blocks: number): tf.Tensor;
  /** `[blocks, chunkLength, columns]` bool: the diagonal. */
  diagonal(blocks: number): tf.Tensor;
  /** `[blocks, chunkLength, columns]` bool: slots that come later. */
  later(blocks: number): tf.Tensor;
}

/** Patterns for segments of up to `mostBlocks` blocks, whose tensors belong to the surrounding tidy. */
export function makePatterns(layout: SlotLayout, mostBlocks: number): MaskPatterns {
  const { chunkLength, chunksBefore, columns, selfMask, causal } = layout;
  const own = chunksBefore * chunkLength;
  const fill = (one: (row: number, column: number) => number) => {
    const values = new Float32Array(chunkLength * columns).map((_, i) =>
      one(Math.floor(i / columns), i % columns),
    );
    return tf.tidy(() => tf.tile(tf.tensor3d(values, [1, chunkLength, columns]), [mostBlocks, 1, 1]));
  };
  const isOwn = (row: number, column: number) => selfMask && column === own + row;
  const substitutes = fill((row, column) => (isOwn(row, column) ? selfScore : forbiddenScore));
  const diagonal =
    selfMask && !causal ? toBool(fill((row, column) => (isOwn(row, column) ? 1 : 0))) : undefined;
  const later = !selfMask && causal ? toBool(fill((row, column) => (column > own + row ? 1 : 0))) : undefined;
  const take = (tensor: tf.Tensor, blocks: number) =>
    blocks === mostBlocks ? tensor : tf.slice(tensor, [0, 0, 0], [blocks, chunkLength, columns]);
  return {
    substitutes: (blocks) => take(substitutes, blocks),
    diagonal: (blocks) => take(diagonal!, blocks),
    later: (blocks) => take(later!, blocks),
  };
}

function toBool(tensor: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.cast(tensor, "bool"));
}

/** No window of the segment shows a position twice. */
export function showsEachOnce(layout: SlotLayout, segment: Segment): boolean {
  const { windowChunks, ringLength, numHashes } = layout;
  return windowChunks <= ringLength && (numHashes === 1 || staysInRound(layout, segment));
}
