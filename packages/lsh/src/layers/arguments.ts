/** What both attention layers are asked for, and what they do with it alike. */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { layers } from "@tensorflow/tfjs-layers";
import { type MaskOptions, resolveDropout } from "../options";

export type LayerArguments = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

export interface SelfAttentionArguments extends LayerArguments {
  numHeads: number;
  /** Depth of a head. Default: the width of the input over numHeads. */
  dHead?: number | null;
  /** Tokens in a chunk. */
  chunkLength: number;
  /** How many chunks before its own a query sees. Default 1. */
  chunksBefore?: number;
  /** How many chunks after its own a query sees. Default 0. */
  chunksAfter?: number;
  /** A token sees no later one. Default true. */
  causal?: boolean;
  /** Share of the attention weights that training drops. Default 0. */
  dropout?: number;
}

export interface CallArguments {
  training?: boolean;
  /** `[batch, length]`, nonzero where the token is real, as `tf.layers.embedding({ maskZero: true })` makes it */
  mask?: Tensor | Tensor[] | null;
}

/**
 * @returns the arguments with every default filled in, as they are saved
 * @throws InputError when a size is no positive integer or the dropout no share
 */
export function withDefaults({
  numHeads,
  dHead = null,
  chunkLength,
  chunksBefore = 1,
  chunksAfter = 0,
  causal = true,
  dropout = 0,
}: SelfAttentionArguments) {
  requireInteger("numHeads", numHeads, 1);
  if (dHead !== null) requireInteger("dHead", dHead, 1);
  requireInteger("chunkLength", chunkLength, 1);
  resolveDropout({ rate: dropout, seed: 0 });
  return { numHeads, dHead, chunkLength, chunksBefore, chunksAfter, causal, dropout };
}

/** @throws InputError when heads are to share the width and cannot */
export function depthOf(width: number, { numHeads, dHead }: ReturnType<typeof withDefaults>): number {
  if (dHead !== null) return dHead;
  if (width % numHeads !== 0) {
    throw new InputError({
      field: "numHeads",
      given: `${numHeads}`,
      allowed: `a divisor of the input's width ${width}, unless dHead is given`,
    });
  }
  return width / numHeads;
}

/**
 * Masks of one call. Randomness is drawn from `Math.random`, so that a caller who repeats a layer, as a reversible
 * block does, can replay it.
 */
export function masksOfCall({ training = false, mask }: CallArguments, rate: number): MaskOptions {
  const keyMask = Array.isArray(mask) ? mask[0] : mask;
  return {
    ...(keyMask ? { keyMask } : {}),
    ...(training && rate > 0 ? { dropout: { rate, seed: randomSeed() } } : {}),
  };
}

export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
