/**
 * The backward pass of chunk attention from plain ops. Probabilities are recomputed segment by segment from the
 * log-normaliser over all rounds; gradients return to their positions by the inverse gather. Nothing that grows with
 * the number of rounds is kept.
 */
import * as tf from "@tensorflow/tfjs-core";
import { attendBlocksGrad } from "./attend";
import { BorderSum } from "./border-sum";
import { backToPositions, scoreBudget } from "./chunk-attention";
import { chunkAttentionGradWithKernel } from "./kernels/dispatch";
import type { ChunkAttentionAttributes, ChunkAttentionGradInputs } from "./kernels/names";
import { makePatterns, type MaskPatterns } from "./mask-patterns";
import { overReached, reachedToPositions } from "./reached-chunks";
import { segmentRows } from "./segment";
import { segmentMasks } from "./segment-masks";
import { cotangentColumns, type Scalars } from "./segment-scalars";
import { type GroupBlock, planBlocks, readLayout, type Segment, type SlotLayout } from "./slot-layout";

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

/** Everything that the segments of one call read. */
interface Context {
  layout: SlotLayout;
  patterns: MaskPatterns;
  scalars: Scalars;
  /** `[groups · length, depth]` each. */
  query: tf.Tensor;
  key: tf.Tensor;
  value: tf.Tensor;
  dOutput: tf.Tensor;
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
    const { blocks, segmentsOf, mostChunks } = planBlocks(layout, budget);
    const [query, key, value, dOutput] = [inputs.query, inputs.key, inputs.value, inputs.dOutput].map(
      (tensor) => tf.reshape(tensor, [groups * length, depth]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const context: Context = {
      layout,
      patterns: makePatterns(layout, mostChunks),
      scalars: {
        logSumExp: inputs.logSumExp.dataSync(),
        alignment: tf.tidy(() => tf.sum(tf.mul(inputs.dOutput, inputs.output), -1)).dataSync(),
      },
      query,
      key,
      value,
      dOutput,
    };
    const perBlock = blocks.map((block) =>
      tf.tidy(() => {
        const borders = new BorderSum(layout, block);
        let sums: tf.Tensor[] | undefined;
        for (let round = 0; round < numHashes; round++) {
          const gradients = roundGradients(context, block, segmentsOf(block, round), borders);
          const before = sums;
          sums = before ? before.map((sum, i) => tf.add(sum, gradients[i]!)) : gradients;
          if (before) tf.dispose([...before, ...gradients]);
        }
        const [dQuery, dKey, dValue] = sums!;
        return [dQuery!, ...borders.addTo(dKey!, dValue!)];
      }),
    );
    const join = (i: number) =>
      tf.reshape(tf.concat(perBlock.map((sums) => sums[i]!)), [groups, length, depth]) as tf.Tensor3D;
    return { dQuery: join(0), dKey: join(1), dValue: join(2) };
  });
}

/** dQuery, dKey, dValue of one round, `[groupCount · length, depth]` each, but for what belongs to `borders`. */
function roundGradients(
  context: Context,
  block: GroupBlock,
  segments: Segment[],
  borders: BorderSum,
): tf.Tensor[] {
  const { layout } = context;
  const { round } = segments[0]!;
  const [dQueries, dKeys, dValues]: [tf.Tensor[], tf.Tensor[], tf.Tensor[]] = [[], [], []];
  for (const segment of segments) {
    const [dQuery, dKey, dValue] = segmentGradients(context, segment, dKeys.at(-1), dValues.at(-1));
    dQueries.push(dQuery!);
    dKeys.push(dKey!);
    dValues.push(dValue!);
  }
  borders.add(segments, dKeys, dValues);
  return tf.tidy(() => {
    const gradients = [
      backToPositions(layout, block, round)(dQueries),
      ...reachedToPositions(layout, block, segments, [dKeys, dValues]),
    ];
    tf.dispose([dQueries, dKeys, dValues]);
    return gradients;
  });
}

/**
 * `[groupCount, chunkCount, chunkLength, depth]` dQuery; dKey and dValue of all chunks that the segment reaches, with
 * what the segment before left for them.
 */
function segmentGradients(
  { layout, patterns, scalars, query, key, value, dOutput }: Context,
  segment: Segment,
  dKeyBefore: tf.Tensor | undefined,
  dValueBefore: tf.Tensor | undefined,
): tf.Tensor[] {
  return tf.tidy(() => {
    const rows = segmentRows(layout, segment);
    const { base, alignment, constants } = cotangentColumns(layout, segment, rows, scalars);
    const queries = rows.fetchQueries(query);
    const dOutputs = rows.fetchQueries(dOutput);
    const gradients = attendBlocksGrad(
      { dOutput: constants ? tf.mul(dOutputs, constants.share) : dOutputs, base, alignment },
      {
        query: constants ? tf.mul(queries, constants.varies) : queries,
        key: rows.fetchWindows(key),
        value: rows.fetchWindows(value),
      },
      segmentMasks(layout, segment, rows, patterns),
    );
    const dQuery = constants ? tf.mul(gradients.dQuery, constants.varies) : gradients.dQuery;
    return [
      tf.reshape(dQuery, [segment.groupCount, segment.chunkCount, layout.chunkLength, layout.depth]),
      overReached(gradients.dKey, layout, segment, dKeyBefore),
      overReached(gradients.dValue, layout, segment, dValueBefore),
    ];
  });
}
