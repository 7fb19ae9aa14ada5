/**
 * What a caller may ask of an attention function, and the one place where a question is checked and completed.
 *
 * Everything after this file works on a {@link Chunking}: no defaults, no doubts.
 */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import type { Tensor } from "@tensorflow/tfjs-core";

export interface DropoutOptions {
  /** The probability that an attention weight is dropped, 0 or more and below 1. */
  rate: number;
  /** The same seed drops the same weights: forward and backward must be given the same one. */
  seed: number;
}

export interface MaskOptions {
  /** A query sees no later position. Default true. */
  causal?: boolean;
  /** `[batch, length]`, bool or int32: 1 where the token is real. Others are never attended to. */
  keyMask?: Tensor;
  dropout?: DropoutOptions;
}

export interface ChunkedOptions extends MaskOptions {
  /** Tokens in a chunk. A sequence no longer than this is attended to in full. */
  chunkLength: number;
  /** How many chunks before its own a query sees, on a ring. Default 1. */
  chunksBefore?: number;
  /** How many chunks after its own a query sees, on a ring. Default 0. */
  chunksAfter?: number;
  /** Slots in a round, empty ones included: a multiple of chunkLength. Default: the smallest that holds length. */
  paddedLength?: number;
  /**
   * Chunks neighbour each other on a ring, and with several rounds on one ring over all of them, as in the references.
   * Without it, a round ends at its first and last chunk. Default true.
   */
  ring?: boolean;
}

export interface LshOptions extends ChunkedOptions {
  /** Rounds of hashing. Default 1. */
  numHashes?: number;
  /** One even number, even factors whose product is the number, or 'auto' for about 2 length / chunkLength. */
  numBuckets: number | readonly number[] | "auto";
  /** The longest sequence the model is meant for: 'auto' factors the number of buckets by it. Default: length. */
  maxLength?: number;
  /** `[heads, depth, numHashes, rotationSize]`; drawn from `seed` when absent. */
  rotations?: Tensor;
  /** Seed of the rotations. Default 0. */
  seed?: number;
  /** `[batch, heads, length, depth]`: what is hashed in place of queryKey, such as vectors before rotary positions. */
  hashed?: Tensor;
  /** `[batch, heads, numHashes, length]` int32: the buckets of an earlier pass with this numBuckets, used instead of hashing. */
  buckets?: Tensor;
  /**
   * How the sorted sequence is cut. `classic`, as everywhere else: into chunks of the whole round. `strict`: every bucket
   * by itself, so that where a token attends depends on earlier tokens alone; look-back stays inside the bucket, there
   * are no chunks after, and a short sequence is hashed like any other. Default classic.
   */
  routing?: "classic" | "strict";
  /** Count a key that several rounds show to a query once (eq. 16). Default false, as in every implementation today. */
  duplicateCorrection?: boolean;
  /** Attend to keys of other buckets that share the window. Default true. */
  acrossBuckets?: boolean;
}

/** The resolved geometry of chunked attention. */
export interface Chunking {
  chunkLength: number;
  chunksBefore: number;
  chunksAfter: number;
  causal: boolean;
  paddedLength: number;
  /** Slots that automatic bucket counts follow: without the gap that opens the ring. */
  hashedLength: number;
  /** The sequence fits one chunk: plain full attention takes over. */
  isFull: boolean;
}

/** @throws InputError when a size is no positive integer, or paddedLength is no multiple of chunkLength */
export function resolveChunking(
  length: number,
  {
    chunkLength,
    chunksBefore = 1,
    chunksAfter = 0,
    causal = true,
    paddedLength,
    ring = true,
  }: ChunkedOptions,
): Chunking {
  requireInteger("chunkLength", chunkLength, 1);
  requireInteger("chunksBefore", chunksBefore, 0);
  requireInteger("chunksAfter", chunksAfter, 0);
  const isFull = (paddedLength ?? length) <= chunkLength;
  const padded = paddedLength ?? Math.ceil(length / chunkLength) * chunkLength;
  requireInteger("paddedLength", padded, 1);
  if (padded < length || (!isFull && padded % chunkLength !== 0)) {
    throw new InputError({
      field: "paddedLength",
      given: `${padded}`,
      allowed: `a multiple of chunkLength (${chunkLength}) that is at least length (${length})`,
    });
  }
  // Empty chunks at the end of every round, as many as a window reaches over: around the ring there is nothing to see.
  const gap = ring || isFull ? 0 : Math.max(chunksBefore, chunksAfter) * chunkLength;
  return {
    chunkLength,
    chunksBefore,
    chunksAfter,
    causal,
    paddedLength: padded + gap,
    hashedLength: padded,
    isFull,
  };
}

/** @throws InputError unless the rate is in [0, 1) */
export function resolveDropout(dropout: DropoutOptions | undefined): DropoutOptions {
  const { rate, seed } = dropout ?? { rate: 0, seed: 0 };
  if (!(rate >= 0 && rate < 1)) {
    throw new InputError({ field: "dropout.rate", given: `${rate}`, allowed: "0 or more and below 1" });
  }
  return { rate, seed };
}
