/** Full attention, the O(L²) baseline, as an explicit pair of forward and vector-Jacobian product. */
import * as tf from "@tensorflow/tfjs-core";
import { denseAttention, denseAttentionGrad } from "./dense-attention";
import { checkFloats, checkHeads, foldHeads, unfoldHeads } from "./inputs";
import { type MaskOptions, resolveDropout } from "./options";
import { scaledKey, scaledKeyGrad, type SharedOptions } from "./shared-keys";

export interface FullOptions extends MaskOptions, SharedOptions {}

export interface AttentionResult {
  /** `[batch, heads, length, depth]` */
  output: tf.Tensor4D;
  /** `[batch, heads, length]`: the log-normaliser of every query, which the backward pass needs. */
  logSumExp: tf.Tensor3D;
}

export interface AttentionSaved {
  query: tf.Tensor;
  key: tf.Tensor;
  value: tf.Tensor;
  output: tf.Tensor;
  logSumExp: tf.Tensor;
}

export interface AttentionGrads {
  /** `[batch, heads, length, depth]` each. */
  dQuery: tf.Tensor4D;
  dKey: tf.Tensor4D;
  dValue: tf.Tensor4D;
}

/**
 * `softmax(q · k / sqrt(depth)) v`, in blocks of query rows.
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, length, depth]`
 * @param value `[batch, heads, length, depth]`
 * @returns output and log-normalisers; the caller owns both
 * @throws InputError when shapes disagree
 */
export function fullAttentionForward(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: FullOptions = {},
): AttentionResult {
  const sizes = checkHeads({ query, key, value }, options.keyMask);
  const dense = denseOptions(options);
  return tf.tidy(() => {
    const scaled = scaledKey(query, key, options);
    const { output, logSumExp } = denseAttention(
      { query: foldHeads(query), key: foldHeads(scaled), value: foldHeads(value) },
      dense,
    );
    return {
      output: unfoldHeads<tf.Tensor4D>(output, sizes),
      logSumExp: unfoldHeads<tf.Tensor3D>(logSumExp, sizes),
    };
  });
}

/**
 * The backward pass of {@link fullAttentionForward}.
 *
 * @param dOutput `[batch, heads, length, depth]`
 * @param saved   the inputs and results of the forward pass
 * @param options the very options of the forward pass
 * @returns gradients of query, key and value (with sharedQueryKey, dQuery holds both uses and dKey is zero); the
 *          caller owns them
 * @throws InputError when shapes disagree
 */
export function fullAttentionGrad(
  dOutput: tf.Tensor,
  saved: AttentionSaved,
  options: FullOptions = {},
): AttentionGrads {
  const { query, key, value, output, logSumExp } = saved;
  const sizes = checkHeads({ query, key, value, output, dOutput }, options.keyMask);
  checkFloats({ logSumExp }, "[batch, heads, length]", sizes);
  const dense = denseOptions(options);
  return tf.tidy(() => {
    const folded = denseAttentionGrad(
      {
        query: foldHeads(query),
        key: foldHeads(scaledKey(query, key, options)),
        value: foldHeads(value),
        output: foldHeads(output),
        logSumExp: foldHeads(logSumExp),
        dOutput: foldHeads(dOutput),
      },
      dense,
    );
    const dQuery = unfoldHeads<tf.Tensor4D>(folded.dQuery, sizes);
    const dScaled = unfoldHeads<tf.Tensor4D>(folded.dKey, sizes);
    const dValue = unfoldHeads<tf.Tensor4D>(folded.dValue, sizes);
    return { ...scaledKeyGrad(query, dQuery, dScaled, options), dValue };
  });
}

function denseOptions({ causal = true, keyMask, dropout, sharedQueryKey = false }: FullOptions) {
  return { causal, keyMask, dropout: resolveDropout(dropout), selfMask: sharedQueryKey };
}
