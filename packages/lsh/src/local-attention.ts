/** Local attention: chunks in their natural order, no hash, no sort; queries and keys are separate unless asked. */
import * as tf from "@tensorflow/tfjs-core";
import { chunkAttention } from "./chunk-attention";
import { chunkAttentionGrad } from "./chunk-attention-grad";
import {
  type AttentionGrads,
  type AttentionResult,
  type AttentionSaved,
  fullAttentionForward,
  fullAttentionGrad,
} from "./full-attention";
import { checkFloats, checkHeads, foldHeads, unfoldHeads } from "./inputs";
import type { ChunkAttentionAttributes } from "./kernels/names";
import { type ChunkedOptions, type Chunking, resolveChunking, resolveDropout } from "./options";
import { scaledKey, scaledKeyGrad, type SharedOptions } from "./shared-keys";

export interface LocalOptions extends ChunkedOptions, SharedOptions {}

/**
 * Each query attends to its chunk and the neighbouring ones, which form a ring; `q · k / sqrt(depth)`. A sequence no
 * longer than a chunk is attended to in full.
 *
 * @param query `[batch, heads, length, depth]`
 * @param key   `[batch, heads, length, depth]`
 * @param value `[batch, heads, length, depth]`
 * @returns output and log-normalisers; the caller owns both
 * @throws InputError when shapes disagree or an option is out of range
 */
export function localAttentionForward(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: LocalOptions,
): AttentionResult {
  const sizes = checkHeads({ query, key, value }, options.keyMask);
  const chunking = resolveChunking(sizes.length, options);
  if (chunking.isFull) return fullAttentionForward(query, key, value, maskOptions(options));
  const attributes = localAttributes(chunking, options);
  return tf.tidy(() => {
    const { output, logSumExp } = chunkAttention(foldedInputs({ query, key, value }, options), attributes);
    return {
      output: unfoldHeads<tf.Tensor4D>(output, sizes),
      logSumExp: unfoldHeads<tf.Tensor3D>(logSumExp, sizes),
    };
  });
}

/**
 * The backward pass of {@link localAttentionForward}.
 *
 * @param dOutput `[batch, heads, length, depth]`
 * @param saved   the inputs and results of the forward pass
 * @param options the very options of the forward pass
 * @returns gradients of query, key and value; the caller owns them
 * @throws InputError when shapes disagree or an option is out of range
 */
export function localAttentionGrad(
  dOutput: tf.Tensor,
  saved: AttentionSaved,
  options: LocalOptions,
): AttentionGrads {
  const { query, key, value, output, logSumExp } = saved;
  const sizes = checkHeads({ query, key, value, output, dOutput }, options.keyMask);
  checkFloats({ logSumExp }, "[batch, heads, length]", sizes);
  const chunking = resolveChunking(sizes.length, options);
  if (chunking.isFull) return fullAttentionGrad(dOutput, saved, maskOptions(options));
  const attributes = localAttributes(chunking, options);
  return tf.tidy(() => {
    const inputs = foldedInputs({ query, key, value }, options);
    const { dQuery, dKey, dValue } = chunkAttentionGrad(
      {
        ...inputs,
        output: foldHeads(output),
        logSumExp: foldHeads(logSumExp),
        dOutput: foldHeads(dOutput),
      },
      attributes,
    );
    inputs.key.dispose(); // As large as the sequence, and what follows needs the room.
    const dScaled = unfoldHeads<tf.Tensor4D>(dKey, sizes);
    return {
      ...scaledKeyGrad(query, unfoldHeads<tf.Tensor4D>(dQuery, sizes), dScaled, options),
      dValue: unfoldHeads<tf.Tensor4D>(dValue, sizes),
    };
  });
}

function foldedInputs(
  { query, key, value }: { query: tf.Tensor; key: tf.Tensor; value: tf.Tensor },
  options: LocalOptions,
) {
  const { keyMask } = options;
  const scaled = scaledKey(query, key, options);
  const folded = foldHeads(scaled);
  scaled.dispose();
  return {
    query: foldHeads(query),
    key: folded,
    value: foldHeads(value),
    keyMask: keyMask && tf.cast(keyMask, "int32"),
  };
}

function maskOptions({ causal, keyMask, dropout, sharedQueryKey }: LocalOptions) {
  return { causal, keyMask, dropout, sharedQueryKey };
}

export function localAttributes(
  { chunkLength, chunksBefore, chunksAfter, causal, paddedLength }: Chunking,
  options: LocalOptions,
): ChunkAttentionAttributes {
  const { rate, seed } = resolveDropout(options.dropout);
  return {
    numHashes: 1,
    paddedLength,
    chunkLength,
    chunksBefore,
    chunksAfter,
    causal,
    selfMask: options.sharedQueryKey ?? false,
    duplicateCorrection: false,
    dropoutRate: rate,
    dropoutSeed: seed,
  };
}
