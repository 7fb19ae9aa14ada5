/**
 * Which scores are replaced, and by what.
 *
 * Masks replace scores by finite constants, as the authors do, so that a query with nothing else to see falls back on
 * itself (-1e5) rather than on what is forbidden (-1e9).
 */
import * as tf from "@tensorflow/tfjs-core";

export const forbiddenScore = -1e9;
export const selfScore = -1e5;
/** Added to the score of an empty slot: below a forbidden key, so that it weighs nothing even among those. */
export const emptyScore = -2e9;
/** A key code larger than any position: a key that nobody may attend to. */
export const nobody = 0x7fffffff;

/** What holds in `blocks` blocks of `rows` queries and `columns` keys. */
export interface BlockMasks {
  /** `[blocks, rows, columns]` bool: scores that `substitutes`, of the same shape, stand in for. */
  replaced?: tf.Tensor;
  substitutes?: tf.Tensor;
  /** `[blocks, 1, columns]`: added to the scores of empty slots. */
  emptyKeys?: tf.Tensor;
  /** `[blocks, rows, columns]`: taken off the scores before masking. */
  logCounts?: tf.Tensor;
  /** `[blocks, rows, columns]`: multiplies the weights, 0 where dropped. */
  dropout?: tf.Tensor;
}

/** `[blocks, rows, 1]` of the queries and `[blocks, 1, columns]` of the keys, int32. */
export interface Pairing {
  query: tf.Tensor;
  key: tf.Tensor;
}

export interface MaskSources {
  /** A key is forbidden where the query's code is below its own. */
  codes?: Pairing;
  /** A key is forbidden where these differ. */
  buckets?: Pairing;
  /** A key is the query's own where these are equal. */
  positions?: Pairing;
}

/** The mask of any block, by comparing every query with every key; call inside a tidy. */
export function compareAll({ codes, buckets, positions }: MaskSources): BlockMasks {
  const forbidden = [
    codes && tf.less(codes.query, codes.key),
    buckets && tf.notEqual(buckets.query, buckets.key),
  ];
  const own = positions && tf.equal(positions.query, positions.key);
  const conditions = [...forbidden, own].filter((condition) => condition !== undefined);
  if (conditions.length === 0) return {};
  const replaced = conditions.reduce((either, condition) => tf.logicalOr(either, condition));
  const forbid = tf.fill(replaced.shape, forbiddenScore);
  return { replaced, substitutes: own ? tf.where(own, tf.fill(replaced.shape, selfScore), forbid) : forbid };
}
