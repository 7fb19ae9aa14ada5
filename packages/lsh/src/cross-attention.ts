/**
 * Attention of one sequence to another, as a decoder reads what its encoder wrote: full attention whose keys and values
 * have a length of their own and know no order. Queries go in blocks of rows, so that the scores of all never exist
 * together.
 */
import { assertShape, type Dimensions } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { denseAttention, denseAttentionGrad } from "./dense-attention";
import type { AttentionGrads, AttentionResult, AttentionSaved } from "./full-attention";
import { checkFloats, foldHeads, unfoldHeads } from "./inputs";
import { type DropoutOptions, resolveDropout } from "./options";

export interface CrossOptions {
  /** `[batch, sourceLength]`, bool or int32: 1 where the key is real. Others are never attended to. */
  keyMask?: tf.Tensor;
  dropout?: DropoutOptions;
}

/**
 * `softmax(q · k / sqrt(depth)) v`
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, sourceLength, depth]`
 * @param value `[batch, heads, sourceLength, depth]`
 * @returns output `[batch, heads, length, depth]` and log-normalisers; the caller owns both
 * @throws InputError when shapes disagree
 */
export function crossAttentionForward(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: CrossOptions = {},
): AttentionResult {
  const sizes = checkCross({ query }, { key, value }, options);
  const dense = denseOptions(options);
  return tf.tidy(() => {
    const { output, logSumExp } = denseAttention(
      { query: foldHeads(query), key: foldHeads(scaled(key)), value: foldHeads(value) },
      dense,
    );
    return {
      output: unfoldHeads<tf.Tensor4D>(output, sizes),
      logSumExp: unfoldHeads<tf.Tensor3D>(logSumExp, sizes),
    };
  });
}

/**
 * The backward pass of {@link crossAttentionForward}.
 *
 * @param dOutput `[batch, heads, length, depth]`
 * @param saved   the inputs and results of the forward pass
 * @param options the very options of the forward pass
 * @returns gradients of query, key and value, each of its own shape; the caller owns them
 * @throws InputError when shapes disagree
 */
export function crossAttentionGrad(
  dOutput: tf.Tensor,
  { query, key, value, output, logSumExp }: AttentionSaved,
  options: CrossOptions = {},
): AttentionGrads {
  const sizes = checkCross({ query, output, dOutput }, { key, value }, options);
  checkFloats({ logSumExp }, "[batch, heads, length]", sizes);
  const dense = denseOptions(options);
  return tf.tidy(() => {
    const folded = denseAttentionGrad(
      {
        query: foldHeads(query),
        key: foldHeads(scaled(key)),
        value: foldHeads(value),
        output: foldHeads(output),
        logSumExp: foldHeads(logSumExp),
        dOutput: foldHeads(dOutput),
      },
      dense,
    );
    return {
      dQuery: unfoldHeads<tf.Tensor4D>(folded.dQuery, sizes),
      dKey: scaled(unfoldHeads<tf.Tensor4D>(folded.dKey, sizes)),
      dValue: unfoldHeads<tf.Tensor4D>(folded.dValue, sizes),
    };
  });
}

/** A key over sqrt(depth); the gradient takes the same way back. */
function scaled<T extends tf.Tensor>(key: T): T {
  return tf.div(key, Math.sqrt(key.shape[3]!));
}

function denseOptions({ keyMask, dropout }: CrossOptions) {
  return { causal: false, selfMask: false, keyMask, dropout: resolveDropout(dropout) };
}

function checkCross(
  queries: Record<string, tf.Tensor>,
  keys: Record<string, tf.Tensor>,
  { keyMask }: CrossOptions,
) {
  const dimensions: Dimensions = {};
  checkFloats(queries, "[batch, heads, length, depth]", dimensions);
  checkFloats(keys, "[batch, heads, sourceLength, depth]", dimensions);
  if (keyMask) assertShape("keyMask", keyMask.shape, "[batch, sourceLength]", dimensions);
  return dimensions as Record<"batch" | "heads" | "length", number>;
}
