/**
 * The same attention as ordinary differentiable ops: they compose with `tf.grads` and `tf.variableGrads`. Around the
 * explicit pairs stands one `tf.customGrad`, so that the tape sees a single op and no intermediate is kept.
 */
import * as tf from "@tensorflow/tfjs-core";
import { crossAttentionForward, crossAttentionGrad, type CrossOptions } from "./cross-attention";
import { type FullOptions, fullAttentionForward, fullAttentionGrad } from "./full-attention";
import { localAttentionForward, localAttentionGrad } from "./local-attention";
import { lshAttentionForward, lshAttentionGrad } from "./lsh-attention";
import type { ChunkedOptions, LshOptions, MaskOptions } from "./options";

/**
 * LSH attention (§2 of the paper): each query attends to the keys that fall into its chunk of the sorted buckets, and those before.
 *
 * Saved for the backward pass: both inputs, the output, log-normalisers and buckets.
 *
 * @param queryKey `[batch, heads, length, depth]`, queries that are keys as well; not normalised
 * @param value    `[batch, heads, length, depth]`
 * @returns `[batch, heads, length, depth]`; the caller owns it
 * @throws InputError when shapes disagree or an option is out of range
 */
export function lshAttention(queryKey: tf.Tensor, value: tf.Tensor, options: LshOptions): tf.Tensor4D {
  const gradFunc = (dOutput: tf.Tensor, saved: tf.Tensor[]) => {
    const [x, v, output, logSumExp, ...rest] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const buckets = rest.find(({ rank }: tf.Tensor) => rank === 4) ?? null;
    const inputs = { queryKey: x, value: v, output, logSumExp, buckets };
    const { dQueryKey, dValue } = lshAttentionGrad(dOutput, inputs, withSavedMask(options, rest));
    return [dQueryKey, dValue];
  };
  const op = tf.customGrad((...args) => {
    const [x, v, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { output, logSumExp, buckets } = lshAttentionForward(x, v, options);
    save([x, v, output, logSumExp, ...present(buckets), ...present(options.keyMask)]);
    return { value: output, gradFunc };
  });
  return op(queryKey, value) as tf.Tensor4D;
}

/**
 * Local attention: each query attends to its chunk of the sequence and to those before.
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, length, depth]`
 * @param value `[batch, heads, length, depth]`
 * @returns `[batch, heads, length, depth]`; the caller owns it
 * @throws InputError when shapes disagree or an option is out of range
 */
export function localAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: ChunkedOptions,
): tf.Tensor4D {
  return differentiable(query, key, value, {
    keyMask: options.keyMask,
    forward: (q, k, v) => localAttentionForward(q, k, v, options),
    grad: (dOutput, saved, rest) => localAttentionGrad(dOutput, saved, withSavedMask(options, rest)),
  });
}

/**
 * Full attention, the baseline: O(length²).
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, length, depth]`
 * @param value `[batch, heads, length, depth]`
 * @returns `[batch, heads, length, depth]`; the caller owns it
 * @throws InputError when shapes disagree
 */
export function fullAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: FullOptions = {},
): tf.Tensor4D {
  return differentiable(query, key, value, {
    keyMask: options.keyMask,
    forward: (q, k, v) => fullAttentionForward(q, k, v, options),
    grad: (dOutput, saved, rest) => fullAttentionGrad(dOutput, saved, withSavedMask(options, rest)),
  });
}

/**
 * Attention to keys and values of another sequence: O(length sourceLength).
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, sourceLength, depth]`
 * @param value `[batch, heads, sourceLength, depth]`
 * @returns `[batch, heads, length, depth]`; the caller owns it
 * @throws InputError when shapes disagree
 */
export function crossAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: CrossOptions = {},
): tf.Tensor4D {
  return differentiable(query, key, value, {
    keyMask: options.keyMask,
    forward: (q, k, v) => crossAttentionForward(q, k, v, options),
    grad: (dOutput, saved, rest) => crossAttentionGrad(dOutput, saved, withSavedMask(options, rest)),
  });
}

interface Pair {
  keyMask: tf.Tensor | undefined;
  forward: (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) => ReturnType<typeof localAttentionForward>;
  grad: (
    dOutput: tf.Tensor,
    saved: Parameters<typeof localAttentionGrad>[1],
    rest: readonly tf.Tensor[],
  ) => ReturnType<typeof localAttentionGrad>;
}

function differentiable(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { keyMask, forward, grad }: Pair,
): tf.Tensor4D {
  const gradFunc = (dOutput: tf.Tensor, saved: tf.Tensor[]) => {
    const [q, k, v, output, logSumExp, ...rest] = saved as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const { dQuery, dKey, dValue } = grad(dOutput, { query: q, key: k, value: v, output, logSumExp }, rest);
    return [dQuery, dKey, dValue];
  };
  const op = tf.customGrad((...args) => {
    const [q, k, v, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { output, logSumExp } = forward(q, k, v);
    save([q, k, v, output, logSumExp, ...present(keyMask)]);
    return { value: output, gradFunc };
  });
  return op(query, key, value) as tf.Tensor4D;
}

/** A mask made by the very function that is differentiated is gone when its gradient is taken, so the tape keeps it. */
function withSavedMask<Options extends Pick<MaskOptions, "keyMask">>(
  options: Options,
  saved: readonly tf.Tensor[],
): Options {
  return options.keyMask ? { ...options, keyMask: saved.find(({ rank }) => rank === 2) } : options;
}

const present = (tensor: tf.Tensor | null | undefined): tf.Tensor[] => (tensor ? [tensor] : []);
