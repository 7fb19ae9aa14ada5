/**
 * Windows over one long sequence: random ones to train on, consecutive ones to measure with.
 *
 * A window's targets are the tokens after its inputs, so `length` targets need `length + 1` tokens.
 */

import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed, Random } from "@reformer-ts/internal-random";

import { checkInteger } from "./batches";
import { ignored, type Examples } from "./examples";
import { permuted } from "./permutation";
import type { TokenSource } from "./token-source";

/**
 * Endless windows for training: each epoch cuts the source into windows that do not overlap, beginning at a random
 * offset of its own, and goes through them in a random order. Window n is a function of `seed` and n alone.
 *
 * @throws InputError when the source is shorter than `length + 1` tokens
 */
export function randomWindows(
  source: TokenSource,
  { length, seed }: { length: number; seed: number },
): Examples {
  checkInteger("length", length, 1, Infinity);
  if (source.length < length + 1) {
    throw new InputError({
      field: "text",
      given: `${source.length} tokens long`,
      allowed: `at least ${length + 1} tokens, one more than a window`,
    });
  }
  // One window fewer than would fit, where there are two: the room left over is what the offset moves in.
  const perEpoch = Math.max(1, Math.floor((source.length - 1) / length) - 1);
  const room = source.length - 1 - perEpoch * length;
  return {
    length,
    count: Infinity,
    example(index) {
      const epoch = Math.floor(index / perEpoch);
      const epochSeed = deriveSeed(seed, "windows", epoch);
      const offset = Random.fromSeed(deriveSeed(epochSeed, "offset")).integer(room + 1);
      const start = offset + length * permuted(index % perEpoch, perEpoch, epochSeed);
      const tokens = source.read(start, length + 1);
      return { inputs: tokens.slice(0, length), targets: tokens.slice(1) };
    },
  };
}

export interface SequentialOptions {
  length: number;
  /** Targets that each window adds; below `length`, windows overlap so that each target sees more context. */
  stride?: number;
  /** What the model reads before the first token, which no token precedes. */
  startToken?: number;
}

/**
 * Finite windows for measuring: every token of the source is a counted target exactly once, the first one after
 * `startToken`. What does not fill the last window is ignored there.
 *
 * @throws InputError when the source is empty or the stride is not within 1 … length
 */
export function sequentialWindows(
  source: TokenSource,
  { length, stride = length, startToken = 0 }: SequentialOptions,
): Examples {
  checkInteger("length", length, 1, Infinity);
  checkInteger("stride", stride, 1, length);
  checkInteger("startToken", startToken, 0, Infinity);
  if (source.length === 0) {
    throw new InputError({ field: "text", given: "empty", allowed: "at least 1 token long" });
  }
  return {
    length,
    count: 1 + Math.max(0, Math.ceil((source.length - length) / stride)),
    example(index) {
      const start = index * stride;
      const size = Math.min(length, source.length - start);
      const inputs = new Int32Array(length);
      const targets = new Int32Array(length).fill(ignored);
      inputs[0] = start === 0 ? startToken : source.read(start - 1, 1)[0]!;
      const tokens = source.read(start, size);
      inputs.set(tokens.subarray(0, length - 1), 1);
      targets.set(tokens);
      // The window before this one has already counted what they share.
      if (index > 0) targets.fill(ignored, 0, length - stride);
      return { inputs, targets };
    },
  };
}
