/**
 * Sorted chunk attention from plain ops (§2, figure 2): gather a segment's rows in slot order, attend within windows,
 * gather back, merge the rounds. The kernel `ReformerChunkAttention` is the same contract in one call.
 */
import * as tf from "@tensorflow/tfjs-core";
import { attendBlocks, type BlockSums } from "./attend";
import { chunkAttentionWithKernel } from "./kernels/dispatch";
import type { ChunkAttentionAttributes, ChunkAttentionInputs } from "./kernels/names";
import { finishRounds, mergeRounds } from "./merge-rounds";
import { segmentMasks, segmentRows } from "./segment";
import { type GroupBlock, planBlocks, readLayout, type Segment, type SlotLayout } from "./slot-layout";

/** Scores that exist at a time. Measured on tfjs-node: see bench/attention. */
export const scoreBudget = 1 << 19;

/** @returns output `[groups, length, depth]` and logSumExp `[groups, length]`; the caller owns both */
export function chunkAttention(
  inputs: ChunkAttentionInputs,
  attributes: ChunkAttentionAttributes,
): { output: tf.Tensor3D; logSumExp: tf.Tensor2D } {
  return chunkAttentionWithKernel(inputs, attributes) ?? composedChunkAttention(inputs, attributes);
}

/** @param budget scores that may exist at a time */
export function composedChunkAttention(
  inputs: ChunkAttentionInputs,
  attributes: ChunkAttentionAttributes,
  budget = scoreBudget,
): { output: tf.Tensor3D; logSumExp: tf.Tensor2D } {
  const layout = readLayout(inputs, attributes);
  const { groups, length, depth, numHashes } = layout;
  return tf.tidy(() => {
    const rows = [inputs.query, inputs.key, inputs.value].map((tensor) =>
      tf.reshape(tensor, [groups * length, depth]),
    );
    const { blocks, segmentsOf } = planBlocks(layout, budget);
    const merged = blocks.map((block) => {
      let sums: BlockSums | undefined;
      for (let round = 0; round < numHashes; round++) {
        const [weighted, largest, sum] = tf.tidy(() => {
          const parts = segmentsOf(block, round).map((segment) => attendSegment(rows, layout, segment));
          return fromSlots(parts, layout, block, round);
        });
        sums = mergeRounds(sums, { weighted: weighted!, largest: largest!, sum: sum! });
      }
      return tf.tidy(() => finishRounds(sums!));
    });
    return {
      output: tf.reshape(tf.concat(merged.map(({ output }) => output)), [
        groups,
        length,
        depth,
      ]) as tf.Tensor3D,
      logSumExp: tf.reshape(tf.concat(merged.map(({ logSumExp }) => logSumExp)), [
        groups,
        length,
      ]) as tf.Tensor2D,
    };
  });
}

/** The sums of a segment's queries: `[groupCount, chunkCount · chunkLength, depth]`, and twice `[…, 1]`. */
function attendSegment([query, key, value]: tf.Tensor[], layout: SlotLayout, segment: Segment): tf.Tensor[] {
  return tf.tidy(() => {
    const { chunkLength, depth } = layout;
    const rows = segmentRows(layout, segment);
    const blocks = segment.groupCount * segment.chunkCount;
    const queries = tf.reshape(tf.gather(query!, tf.tensor1d(rows.queryIndex, "int32")), [
      blocks,
      chunkLength,
      depth,
    ]);
    const index = tf.tensor1d(rows.rowIndex, "int32");
    const { weighted, largest, sum } = attendBlocks(
      queries,
      gatherWindows(key!, index, layout, segment),
      gatherWindows(value!, index, layout, segment),
      segmentMasks(layout, segment, rows),
    );
    const slots = segment.chunkCount * chunkLength;
    return [weighted, largest, sum].map((tensor) =>
      tf.reshape(tensor, [segment.groupCount, slots, tensor.shape[2]!]),
    );
  });
}

/** Gathers the reached rows once, then lays out the overlapping windows: `[blocks, columns, depth]`. */
export function gatherWindows(
  rows: tf.Tensor,
  index: tf.Tensor1D,
  layout: SlotLayout,
  segment: Segment,
): tf.Tensor {
  const { chunkLength, depth, windowChunks, columns } = layout;
  const { groupCount, chunkCount } = segment;
  const reached = tf.reshape(tf.gather(rows, index), [groupCount, -1, chunkLength, depth]);
  const neighbours = Array.from({ length: windowChunks }, (_, offset) =>
    windowChunks === 1
      ? reached
      : tf.slice(reached, [0, offset, 0, 0], [groupCount, chunkCount, chunkLength, depth]),
  );
  return tf.reshape(tf.concat(neighbours, 2), [groupCount * chunkCount, columns, depth]);
}

/** Puts a round's sums back in order of position: `[groupCount · length, …]`. */
function fromSlots(parts: tf.Tensor[][], layout: SlotLayout, block: GroupBlock, round: number): tf.Tensor[] {
  const back = inverseIndex(layout, block, round);
  return parts[0]!.map((_, i) => {
    const slots = tf.concat(
      parts.map((tensors) => tensors[i]!),
      1,
    );
    return tf.gather(tf.reshape(slots, [-1, slots.shape[2]!]), back);
  });
}

/** For each position of a block of groups its row among the slots of a round. */
export function inverseIndex(
  { inverse, numHashes, length, paddedLength }: SlotLayout,
  { firstGroup, groupCount }: GroupBlock,
  round: number,
): tf.Tensor1D {
  const index = new Int32Array(groupCount * length);
  for (let group = 0; group < groupCount; group++) {
    const from = ((firstGroup + group) * numHashes + round) * length;
    const shift = (group - round) * paddedLength;
    for (let position = 0; position < length; position++) {
      const slot = inverse ? inverse[from + position]! : position;
      index[group * length + position] = slot + shift;
    }
  }
  return tf.tensor1d(index, "int32");
}
