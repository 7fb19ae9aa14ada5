/**
 * The duplication task of the paper (section 5, table 2): sequences `0 w 0 w`, where w is random symbols 1 … numSymbols.
 *
 * Only the second w can be known, and only by attending far back; so only its positions count. Accuracy on them is 100%
 * for attention that finds its matches and 1 / numSymbols for one that does not.
 */

import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed, Random } from "@reformer-ts/internal-random";

import { checkInteger } from "./batches";
import { ignored, type Examples } from "./examples";
import { shiftedRight } from "./records";

export interface CopyTaskOptions {
  /** Tokens of the whole sequence, an even number; 1,024 in the paper. */
  length?: number;
  /** Symbols are 1 … numSymbols, so the vocabulary has one more; 127 in the paper. */
  numSymbols?: number;
  seed: number;
}

/**
 * Endless examples; example n is a function of `seed` and n alone.
 * @throws InputError when the length is odd or below 4
 */
export function copyTask({ length = 1024, numSymbols = 127, seed }: CopyTaskOptions): Examples {
  checkInteger("numSymbols", numSymbols, 1, 2 ** 31 - 2);
  if (!Number.isInteger(length) || length < 4 || length % 2 !== 0) {
    throw new InputError({ field: "length", given: String(length), allowed: "an even number of at least 4" });
  }
  const half = length / 2;
  return {
    length,
    count: Infinity,
    example(index) {
      const random = Random.fromSeed(deriveSeed(seed, "copy", Math.floor(index / 2 ** 32), index % 2 ** 32));
      const sequence = new Int32Array(length);
      for (let i = 1; i < half; i++) sequence[i] = 1 + random.integer(numSymbols);
      sequence.copyWithin(half, 0, half);
      const { inputs, targets } = shiftedRight(sequence, 0);
      return { inputs, targets: targets.slice().fill(ignored, 0, half + 1) };
    },
  };
}
