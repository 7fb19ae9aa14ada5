/** Attention without its vectors: where positions meet, for kernels that make queries, keys and values themselves. */
import * as tf from "@tensorflow/tfjs-core";
import type { ChunkAttentionAttributes, ChunkAttentionInputs } from "./kernels/names";
import { localAttributes, type LocalOptions } from "./local-attention";
import { lshAttributes, resolveBuckets, resolveLshChunking, route } from "./lsh-attention";
import { type LshOptions, resolveChunking } from "./options";

export interface Slots extends Pick<ChunkAttentionInputs, "order" | "inverse" | "slotBuckets"> {
  attributes: ChunkAttentionAttributes;
}

/** Where tokens stand in local attention, in their own order; null where the sequence is attended to in full. */
export function localSlots(length: number, options: LocalOptions): Slots | null {
  const chunking = resolveChunking(length, options);
  return chunking.isFull ? null : { attributes: localAttributes(chunking, options) };
}

/**
 * Where every token stands once its bucket is sorted: what attention over chunks begins with.
 *
 * @param buckets `[batch, heads, numHashes, length]` int32
 * @returns the caller owns its tensors
 */
export function lshSlots(buckets: tf.Tensor4D, options: LshOptions): Slots {
  const chunking = resolveLshChunking(buckets.shape[3], options);
  const { paddedLength, ...slots } = route(buckets, chunking, options);
  return { ...slots, attributes: lshAttributes(buckets, { ...chunking, paddedLength }, options) };
}

/** Whether LSH attention sees a sequence of this length whole, without hashing it. */
export function isLshFull(length: number, options: LshOptions): boolean {
  return resolveLshChunking(length, options).isFull;
}

/**
 * The buckets of some vectors of a sequence.
 *
 * @param vectors `[batch, heads, any, depth]`
 * @param length of the whole sequence
 * @returns `[batch, heads, numHashes, any]` int32; the caller owns it
 */
export function hashSome(vectors: tf.Tensor4D, length: number, options: LshOptions): tf.Tensor4D {
  return tf.tidy(() => resolveBuckets(vectors, resolveLshChunking(length, options), options));
}
