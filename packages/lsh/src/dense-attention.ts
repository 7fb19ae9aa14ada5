/**
 * Attention of every query to every key, O(L²): the baseline, and what a sequence that fits one chunk gets. Queries are
 * processed in blocks of rows, so that the scores of all never exist together.
 */
import * as tf from "@tensorflow/tfjs-core";
import { attendBlocks, attendBlocksGrad } from "./attend";
import { dropoutRow, fillDropoutRow } from "./dropout";
import { readLogSumExps } from "./log-sum-exp";
import { type BlockMasks, compareAll, nobody, type Pairing } from "./masks";
import { finishRounds } from "./merge-rounds";
import type { DropoutOptions } from "./options";
import { planRows, type RowBlock } from "./row-blocks";

/** Scores that exist at a time. */
const scoreBudget = 1 << 20;

export interface DenseOptions {
  causal: boolean;
  /** A query's own key scores -1e5: for shared queries and keys. */
  selfMask: boolean;
  /** `[batch, keys]`, 0 for keys that nobody may attend to. */
  keyMask?: tf.Tensor;
  dropout: DropoutOptions;
}

export interface DenseInputs {
  /** `[groups, length, depth]` */
  query: tf.Tensor;
  /** `[groups, keys, depth]`, scaled; as many keys as queries unless attention is to another sequence, never causal */
  key: tf.Tensor;
  /** `[groups, keys, depth]` */
  value: tf.Tensor;
}

/** @returns output `[groups, length, depth]` and logSumExp `[groups, length]`; the caller owns both */
export function denseAttention(
  inputs: DenseInputs,
  options: DenseOptions,
): { output: tf.Tensor3D; logSumExp: tf.Tensor2D } {
  return tf.tidy(() => {
    const [groups, length, depth] = inputs.query.shape as [number, number, number];
    const allKeys = inputs.key.shape[1]!;
    const parts = planRows(groups, length, Math.floor(scoreBudget / allKeys)).map((block) =>
      tf.tidy(() => {
        const keys = keysSeen(block, allKeys, options);
        const { output, logSumExp } = finishRounds(
          attendBlocks(
            part(inputs.query, block, block),
            part(inputs.key, block, keys),
            part(inputs.value, block, keys),
            denseMasks(block, keys.count, groups, options),
          ),
        );
        return [tf.reshape(output, [-1, depth]), tf.reshape(logSumExp, [-1])];
      }),
    );
    return {
      output: tf.reshape(tf.concat(parts.map(([output]) => output!)), [groups, length, depth]) as tf.Tensor3D,
      logSumExp: tf.reshape(tf.concat(parts.map(([, logSumExp]) => logSumExp!)), [
        groups,
        length,
      ]) as tf.Tensor2D,
    };
  });
}

/** @returns dQuery `[groups, length, depth]`, dKey and dValue `[groups, keys, depth]`; the caller owns them */
export function denseAttentionGrad(
  inputs: DenseInputs & { output: tf.Tensor; logSumExp: tf.Tensor; dOutput: tf.Tensor },
  options: DenseOptions,
): { dQuery: tf.Tensor3D; dKey: tf.Tensor3D; dValue: tf.Tensor3D } {
  return tf.tidy(() => {
    const shape = inputs.query.shape as [number, number, number];
    const [groups, length, depth] = shape;
    const allKeys = inputs.key.shape[1]!;
    const alignment = tf.sum(tf.mul(inputs.dOutput, inputs.output), -1, true);
    const { base, share, varies } = readLogSumExps(tf.reshape(inputs.logSumExp, [groups, length, 1]));
    const dQueries: tf.Tensor[] = [];
    const finished: [tf.Tensor, tf.Tensor][] = [];
    let sums: [tf.Tensor, tf.Tensor] | undefined;
    for (const block of planRows(groups, length, Math.floor(scoreBudget / allKeys))) {
      const keys = keysSeen(block, allKeys, options);
      const [dQuery, dKey, dValue] = tf.tidy(() => {
        const gradients = attendBlocksGrad(
          {
            dOutput: tf.mul(part(inputs.dOutput, block, block), part(share, block, block)),
            base: part(base, block, block),
            alignment: part(alignment, block, block),
          },
          {
            query: tf.mul(part(inputs.query, block, block), part(varies, block, block)),
            key: part(inputs.key, block, keys),
            value: part(inputs.value, block, keys),
          },
          denseMasks(block, keys.count, groups, options),
        );
        const toAllKeys = (gradient: tf.Tensor, sum?: tf.Tensor) => {
          const padded = tf.pad(gradient, [
            [0, 0],
            [0, allKeys - keys.count],
            [0, 0],
          ]);
          return sum ? tf.add(sum, padded) : padded;
        };
        return [
          tf.reshape(tf.mul(gradients.dQuery, part(varies, block, block)), [-1, depth]),
          toAllKeys(gradients.dKey, sums?.[0]),
          toAllKeys(gradients.dValue, sums?.[1]),
        ];
      }) as [tf.Tensor, tf.Tensor, tf.Tensor];
      if (sums) tf.dispose(sums);
      sums = [dKey, dValue];
      dQueries.push(dQuery);
      if (block.start + block.count === length) {
        finished.push(sums);
        sums = undefined;
      }
    }
    return {
      dQuery: tf.reshape(tf.concat(dQueries), shape) as tf.Tensor3D,
      dKey: tf.concat(finished.map(([dKey]) => dKey)) as tf.Tensor3D,
      dValue: tf.concat(finished.map(([, dValue]) => dValue)) as tf.Tensor3D,
    };
  });
}

/** Later keys need no look, except by rows whose every earlier key is masked: those spread over all that is forbidden. */
function keysSeen(block: RowBlock, allKeys: number, { causal, keyMask }: DenseOptions) {
  return { start: 0, count: causal && !keyMask ? block.start + block.count : allKeys };
}

function part(
  tensor: tf.Tensor,
  { firstGroup, groupCount }: RowBlock,
  { start, count }: { start: number; count: number },
) {
  return tf.slice(tensor, [firstGroup, start, 0], [groupCount, count, tensor.shape[2]!]);
}

function denseMasks(block: RowBlock, columns: number, groups: number, options: DenseOptions): BlockMasks {
  const { causal, selfMask, keyMask, dropout } = options;
  const { firstGroup, groupCount, start, count } = block;
  const positions = (from: number, size: number) =>
    Int32Array.from({ length: groupCount * size }, (_, i) => from + (i % size));
  const pairing = (query: Int32Array, key: Int32Array): Pairing => ({
    query: tf.tensor3d(query, [groupCount, count, 1], "int32"),
    key: tf.tensor3d(key, [groupCount, 1, columns], "int32"),
  });
  const own = pairing(positions(start, count), positions(0, columns));
  const codes = () => {
    if (!keyMask) return own;
    const [batch] = keyMask.shape as [number, number];
    // Every example's mask, once per head, for the groups of this block.
    const byGroup = tf.tile(tf.expandDims(tf.cast(keyMask, "int32"), 1), [1, groups / batch, 1]);
    const real = tf.slice(tf.reshape(byGroup, [groups, 1, -1]), [firstGroup, 0, 0], [groupCount, 1, columns]);
    const seen = causal
      ? own
      : pairing(new Int32Array(groupCount * count), new Int32Array(groupCount * columns));
    const isHidden = tf.equal(real, tf.scalar(0, "int32"));
    return { query: seen.query, key: tf.where(isHidden, tf.fill(real.shape, nobody, "int32"), seen.key) };
  };
  const masks = compareAll({
    codes: causal || keyMask ? codes() : undefined,
    positions: selfMask ? own : undefined,
  });
  if (dropout.rate > 0) {
    const weights = new Float32Array(groupCount * count * columns);
    for (let row = 0; row < groupCount * count; row++) {
      const stream = dropoutRow(dropout.seed, firstGroup + Math.floor(row / count), start + (row % count));
      fillDropoutRow(weights, row * columns, columns, stream, dropout.rate);
    }
    masks.dropout = tf.tensor3d(weights, [groupCount, count, columns]);
  }
  return masks;
}
