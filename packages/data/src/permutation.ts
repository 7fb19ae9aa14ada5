/**
 * A random order of 0 … count - 1 that is computed, not stored.
 *
 * Where the n-th window of an epoch lies must be known without drawing the windows before it, so that a run resumes at any
 * step and every machine of many finds its own share. A Feistel network over the smallest even number of bits that
 * holds `count` permutes its whole domain; walking until the value is below `count` restricts it (Black and Rogaway,
 * "Ciphers with arbitrary finite domains", 2002). The domain is less than four times `count`, so walks are short.
 */

import { deriveSeed } from "@reformer-ts/internal-random";

const rounds = 4;

/** The `index`-th of 0 … count - 1 in the order that belongs to `seed`, for counts up to 2^50. */
export function permuted(index: number, count: number, seed: number): number {
  let halfBits = 1;
  while (4 ** halfBits < count) halfBits++;
  let value = index;
  do value = feistel(value, 2 ** halfBits, seed);
  while (value >= count);
  return value;
}

function feistel(value: number, half: number, seed: number): number {
  let left = Math.floor(value / half);
  let right = value % half;
  for (let round = 0; round < rounds; round++) {
    [left, right] = [right, (left + deriveSeed(seed, round, right)) % half];
  }
  return left * half + right;
}
