/**
 * Sorted chunk attention from plain ops (§2, figure 2): gather a segment's rows in slot order, attend within windows,
 * gather back, merge the rounds. The kernel `ReformerChunkAttention` is the same contract in one call.
 */
import * as tf from "@tensorflow/tfjs-core";
import { attendBlocks, type BlockSums } from "./attend";
import { chunkAttentionWithKernel } from "./kernels/dispatch";
import type { ChunkAttentionAttributes, ChunkAttentionInputs } from "./kernels/names";
import { makePatterns, type MaskPatterns } from "./mask-patterns";
import { finishRounds, mergeRounds } from "./merge-rounds";
import { segmentRows } from "./segment";
import { segmentMasks } from "./segment-masks";
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
    const { blocks, segmentsOf, mostChunks } = planBlocks(layout, budget);
    const patterns = makePatterns(layout, mostChunks);
    const merged = blocks.map((block) => {
      let sums: BlockSums | undefined;
      for (let round = 0; round < numHashes; round++) {
        const [weighted, largest, sum] = tf.tidy(() => {
          const parts = segmentsOf(block, round).map((segment) =>
            attendSegment(rows, layout, segment, patterns),
          );
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
function attendSegment(
  [query, key, value]: tf.Tensor[],
  layout: SlotLayout,
  segment: Segment,
  patterns: MaskPatterns,
): tf.Tensor[] {
  return tf.tidy(() => {
    const rows = segmentRows(layout, segment);
    const { weighted, largest, sum } = attendBlocks(
      rows.fetchQueries(query!),
      rows.fetchWindows(key!),
      rows.fetchWindows(value!),
      segmentMasks(layout, segment, rows, patterns),
    );
    const slots = segment.chunkCount * layout.chunkLength;
    return [weighted, largest, sum].map((tensor) =>
      tf.reshape(tensor, [segment.groupCount, slots, tensor.shape[2]!]),
    );
  });
}

/** Puts a round's sums back in order of position: `[groupCount · length, …]`. */
function fromSlots(parts: tf.Tensor[][], layout: SlotLayout, block: GroupBlock, round: number): tf.Tensor[] {
  const toPositions = backToPositions(layout, block, round);
  return parts[0]!.map((_, i) => toPositions(parts.map((tensors) => tensors[i]!)));
}

/** Joins `[groupCount, …, size]` pieces of a round's slots, and brings them to `[groupCount · length, size]`. */
export function backToPositions(layout: SlotLayout, block: GroupBlock, round: number) {
  const { inverse, length, paddedLength } = layout;
  const index = inverse && inverseIndex(inverse, layout, block, round);
  return (pieces: tf.Tensor[]): tf.Tensor => {
    const size = pieces[0]!.shape.at(-1)!;
    const slots = tf.concat(
      pieces.map((piece) => tf.reshape(piece, [block.groupCount, -1, size])),
      1,
    );
    if (index) return tf.gather(tf.reshape(slots, [-1, size]), index);
    const real =
      length === paddedLength ? slots : tf.slice(slots, [0, 0, 0], [block.groupCount, length, size]);
    return tf.reshape(real, [-1, size]);
  };
}

/** For each position of a block of groups its row among the slots of a round. */
function inverseIndex(
  inverse: Int32Array,
  { numHashes, length, paddedLength }: SlotLayout,
  { firstGroup, groupCount }: GroupBlock,
  round: number,
): tf.Tensor1D {
  const index = new Int32Array(groupCount * length);
  for (let group = 0; group < groupCount; group++) {
    const from = ((firstGroup + group) * numHashes + round) * length;
    const shift = (group - round) * paddedLength;
    for (let position = 0; position < length; position++) {
      index[group * length + position] = inverse[from + position]! + shift;
    }
  }
  return tf.tensor1d(index, "int32");
}
