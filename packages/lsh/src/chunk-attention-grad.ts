/**
 * The backward pass of chunk attention from plain ops. Probabilities are recomputed segment by segment from the
 * log-normaliser over all rounds; gradients return to their positions by the inverse gather. Nothing that grows with
 * the number of rounds is kept.
 */
import * as tf from "@tensorflow/tfjs-core";
import { attendBlocksGrad } from "./attend";
import { gatherWindows, inverseIndex, scoreBudget } from "./chunk-attention";
import { chunkAttentionGradWithKernel } from "./kernels/dispatch";
import type { ChunkAttentionAttributes, ChunkAttentionGradInputs } from "./kernels/names";
import { readLogSumExp } from "./log-sum-exp";
import { segmentMasks, segmentRows, type SegmentRows } from "./segment";
import {
  type GroupBlock,
  planBlocks,
  positionAt,
  reachedChunks,
  readLayout,
  type Segment,
  type SlotLayout,
} from "./slot-layout";

/** Subtracted from the scores of an empty slot: none of them keeps a weight. */
const emptyQuery = 1e30;

export interface AttentionGradients {
  /** `[groups, length, depth]` each; the caller owns them. */
  dQuery: tf.Tensor3D;
  dKey: tf.Tensor3D;
  dValue: tf.Tensor3D;
}

export function chunkAttentionGrad(
  inputs: ChunkAttentionGradInputs,
  attributes: ChunkAttentionAttributes,
): AttentionGradients {
  return chunkAttentionGradWithKernel(inputs, attributes) ?? composedChunkAttentionGrad(inputs, attributes);
}

/** @param budget scores that may exist at a time */
export function composedChunkAttentionGrad(
  inputs: ChunkAttentionGradInputs,
  attributes: ChunkAttentionAttributes,
  budget = scoreBudget,
): AttentionGradients {
  const layout = readLayout(inputs, attributes);
  const { groups, length, depth, numHashes } = layout;
  return tf.tidy(() => {
    const { blocks, segmentsOf } = planBlocks(layout, budget);
    const perBlock = blocks.map((block) =>
      tf.tidy(() => {
        const { rows, varies } = blockRows(inputs, layout, block);
        let sums: tf.Tensor[] | undefined;
        for (let round = 0; round < numHashes; round++) {
          const before: tf.Tensor[] | undefined = sums;
          sums = tf.tidy(() => {
            const gradients = roundGradients(rows, layout, segmentsOf(block, round));
            return before ? before.map((sum, i) => tf.add(sum, gradients[i]!)) : gradients;
          });
          if (before) tf.dispose(before);
        }
        const [dQuery, dKey, dValue] = sums!;
        return [tf.mul(dQuery!, varies), dKey!, dValue!];
      }),
    );
    const join = (i: number) =>
      tf.reshape(tf.concat(perBlock.map((sums) => sums[i]!)), [groups, length, depth]) as tf.Tensor3D;
    return { dQuery: join(0), dKey: join(1), dValue: join(2) };
  });
}

/** Everything a query or key brings along, as `[groupCount · length, …]`. */
interface Rows {
  query: tf.Tensor;
  key: tf.Tensor;
  value: tf.Tensor;
  dOutput: tf.Tensor;
  base: tf.Tensor;
  alignment: tf.Tensor;
}

/** The rows of a block of groups; a query whose scores are constants is zero, so that no gradient passes through it. */
function blockRows(
  inputs: ChunkAttentionGradInputs,
  { length, depth }: SlotLayout,
  { firstGroup, groupCount }: GroupBlock,
): { rows: Rows; varies: tf.Tensor } {
  const [query, key, value, dOutput, output] = [
    inputs.query,
    inputs.key,
    inputs.value,
    inputs.dOutput,
    inputs.output,
  ].map((tensor) =>
    tf.reshape(tf.slice(tensor, [firstGroup, 0, 0], [groupCount, length, depth]), [
      groupCount * length,
      depth,
    ]),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const logSumExp = tf.slice(inputs.logSumExp, [firstGroup, 0], [groupCount, length]);
  const { base, share, varies } = readLogSumExp(tf.reshape(logSumExp, [groupCount * length, 1]));
  const alignment = tf.sum(tf.mul(dOutput, output), -1, true);
  return {
    rows: { query: tf.mul(query, varies), key, value, dOutput: tf.mul(dOutput, share), base, alignment },
    varies,
  };
}

/** dQuery, dKey, dValue of one round, `[groupCount · length, depth]` each. */
function roundGradients(rows: Rows, layout: SlotLayout, segments: Segment[]): tf.Tensor[] {
  const { windowChunks, chunkLength, depth } = layout;
  const { firstGroup, groupCount, round } = segments[0]!;
  const keySums = [new OverlapSum(windowChunks - 1), new OverlapSum(windowChunks - 1)];
  const queryParts = segments.map((segment) => {
    const [dQuery, dKey, dValue] = segmentGradients(rows, layout, segment) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    keySums[0]!.add(dKey);
    keySums[1]!.add(dValue);
    return dQuery;
  });
  const back = inverseIndex(layout, { firstGroup, groupCount }, round);
  const toPositions = (chunks: tf.Tensor) => tf.gather(tf.reshape(chunks, [-1, depth]), back);
  const dQuery = toPositions(tf.concat(queryParts, 1));
  const [dKey, dValue] = keySums.map((sum) => {
    const reached = sum.finish();
    const { chunksPerRound, chunksBefore } = layout;
    const own = tf.slice(reached, [0, chunksBefore, 0, 0], [groupCount, chunksPerRound, chunkLength, depth]);
    return addBorders(toPositions(own), reached, layout, segments);
  });
  return [dQuery, dKey!, dValue!];
}

/** `[groupCount, chunkCount, chunkLength, depth]` dQuery; dKey and dValue of the reached chunks likewise. */
function segmentGradients(rows: Rows, layout: SlotLayout, segment: Segment): tf.Tensor[] {
  return tf.tidy(() => {
    const { chunkLength, depth } = layout;
    const { groupCount, chunkCount } = segment;
    const slots = segmentRows(layout, segment, segment.firstGroup);
    const queryIndex = tf.tensor1d(slots.queryIndex, "int32");
    const index = tf.tensor1d(slots.rowIndex, "int32");
    const asBlocks = (tensor: tf.Tensor) =>
      tf.reshape(tf.gather(tensor, queryIndex), [groupCount * chunkCount, chunkLength, -1]);
    const { dQuery, dKey, dValue } = attendBlocksGrad(
      {
        dOutput: asBlocks(rows.dOutput),
        base: withoutEmpty(asBlocks(rows.base), slots),
        alignment: asBlocks(rows.alignment),
      },
      {
        query: asBlocks(rows.query),
        key: gatherWindows(rows.key, index, layout, segment),
        value: gatherWindows(rows.value, index, layout, segment),
      },
      segmentMasks(layout, segment, slots),
    );
    return [
      tf.reshape(dQuery, [groupCount, chunkCount, chunkLength, depth]),
      overReachedChunks(dKey, layout, segment),
      overReachedChunks(dValue, layout, segment),
    ];
  });
}

function withoutEmpty(base: tf.Tensor, { queryPositions }: SegmentRows): tf.Tensor {
  if (!queryPositions.includes(-1)) return base;
  const lift = Float32Array.from(queryPositions, (position) => (position < 0 ? emptyQuery : 0));
  return tf.add(base, tf.tensor(lift, base.shape));
}

/** Sums overlapping windows `[blocks, columns, depth]` into `[groupCount, reached, chunkLength, depth]`. */
function overReachedChunks(
  windows: tf.Tensor,
  layout: SlotLayout,
  { groupCount, chunkCount }: Segment,
): tf.Tensor {
  const { windowChunks, chunkLength, depth } = layout;
  if (windowChunks === 1) return tf.reshape(windows, [groupCount, chunkCount, chunkLength, depth]);
  const byOffset = tf.reshape(windows, [groupCount, chunkCount, windowChunks, chunkLength * depth]);
  const shifted = Array.from({ length: windowChunks }, (_, offset) => {
    const part = tf.slice(byOffset, [0, 0, offset, 0], [groupCount, chunkCount, 1, chunkLength * depth]);
    return tf.pad(tf.reshape(part, [groupCount, chunkCount, chunkLength * depth]), [
      [0, 0],
      [offset, windowChunks - 1 - offset],
      [0, 0],
    ]);
  });
  return tf.reshape(
    shifted.reduce((sum, part) => tf.add(sum, part)),
    [groupCount, -1, chunkLength, depth],
  );
}

/** Joins consecutive `[groupCount, n + overlap, …]` pieces, adding where they overlap. */
class OverlapSum {
  readonly #overlap: number;
  readonly #done: tf.Tensor[] = [];
  #open?: tf.Tensor;

  constructor(overlap: number) {
    this.#overlap = overlap;
  }

  add(piece: tf.Tensor): void {
    if (this.#overlap === 0) {
      this.#done.push(piece);
      return;
    }
    const [groups, chunks, ...rest] = piece.shape as [number, number, number, number];
    const part = (from: number, count: number) => tf.slice(piece, [0, from, 0, 0], [groups, count, ...rest]);
    const kept = chunks - this.#overlap;
    const sum = this.#open
      ? tf.concat([tf.add(this.#open, part(0, this.#overlap)), part(this.#overlap, kept)], 1)
      : piece;
    this.#done.push(tf.slice(sum, [0, 0, 0, 0], [groups, kept, ...rest]));
    this.#open = tf.slice(sum, [0, kept, 0, 0], [groups, this.#overlap, ...rest]);
  }

  finish(): tf.Tensor {
    return tf.concat(this.#open ? [...this.#done, this.#open] : this.#done, 1);
  }
}

/**
 * The first and last windows of a round reach chunks of its neighbours on the ring, which are long done: those few rows
 * are added at their positions.
 */
function addBorders(own: tf.Tensor, reached: tf.Tensor, layout: SlotLayout, segments: Segment[]): tf.Tensor {
  const { chunksBefore, chunksAfter, chunksPerRound, chunkLength, depth, length } = layout;
  if (chunksBefore + chunksAfter === 0) return own;
  const { firstGroup, groupCount, round } = segments[0]!;
  const whole: Segment = { firstGroup, groupCount, round, firstChunk: 0, chunkCount: chunksPerRound };
  const firstSlots = reachedChunks(layout, whole);
  const borders = [
    { from: 0, count: chunksBefore },
    { from: chunksBefore + chunksPerRound, count: chunksAfter },
  ].filter(({ count }) => count > 0);
  const targets: number[] = [];
  for (let group = 0; group < groupCount; group++) {
    for (const { from, count } of borders) {
      for (const firstSlot of firstSlots.slice(from, from + count)) {
        for (let offset = 0; offset < chunkLength; offset++) {
          const position = positionAt(layout, firstGroup + group, firstSlot + offset);
          targets.push(group * length + Math.max(position, 0));
        }
      }
    }
  }
  const updates = tf.concat(
    borders.map(({ from, count }) =>
      tf.slice(reached, [0, from, 0, 0], [groupCount, count, chunkLength, depth]),
    ),
    1,
  );
  const indices = tf.tensor2d(Int32Array.from(targets), [targets.length, 1], "int32");
  return tf.add(own, tf.scatterND(indices, tf.reshape(updates, [-1, depth]), [groupCount * length, depth]));
}
