/** What is held out is decided once, by position, so that no token of it is ever trained on. */

import { InputError } from "@reformer-ts/internal-checks";

import { sliceOf, type TokenSource } from "./token-source";

export interface Split {
  train: TokenSource;
  heldOut: TokenSource;
}

/**
 * The last part of a source held out, the rest to train on: a novel is tested on the chapters that come after.
 * @throws InputError when the fraction is not between 0 and 1, or a part would be empty
 */
export function splitTail(source: TokenSource, { heldOut = 0.1 }: { heldOut?: number } = {}): Split {
  const [train, rest] = splitByFractions(source, [1 - heldOut, heldOut]) as [TokenSource, TokenSource];
  return { train, heldOut: rest };
}

/**
 * Consecutive parts of a source, such as `[0.9, 0.05, 0.05]`: each boundary is rounded, so all tokens are in one part.
 * @throws InputError when the fractions are not positive, do not sum to 1, or a part would be empty
 */
export function splitByFractions(source: TokenSource, fractions: readonly number[]): TokenSource[] {
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  if (fractions.some((fraction) => !(fraction > 0)) || !(Math.abs(total - 1) < 1e-9)) {
    throw new InputError({
      field: "split",
      given: `[${fractions.join(", ")}]`,
      allowed: "fractions above 0 that sum to 1",
    });
  }
  let sum = 0;
  const ends = fractions.map((fraction) => Math.round((sum += fraction) * source.length));
  return partsEndingAt(source, ends);
}

/**
 * The parts that figures on Wikipedia's markup are published for: ninety, five and five hundredths for training, validation and
 * test. Of the 100,000,000 bytes of enwik8 these are its standard 90, 5 and 5 MB.
 * @throws InputError when a part would be empty
 */
export function splitStandard(source: TokenSource): {
  train: TokenSource;
  validation: TokenSource;
  test: TokenSource;
} {
  const parts = splitByFractions(source, [0.9, 0.05, 0.05]);
  const [train, validation, test] = parts as [TokenSource, TokenSource, TokenSource];
  return { train, validation, test };
}

/**
 * Consecutive parts of so many tokens each; what follows them is left out. `[90e6, 5e6, 5e6]` is the standard split of
 * enwik8 into training, validation and test bytes.
 * @throws InputError when the source is shorter than the counts together, or a count is not a positive integer
 */
export function splitByCounts(source: TokenSource, counts: readonly number[]): TokenSource[] {
  let sum = 0;
  const ends = counts.map((count) => (sum += count));
  if (sum > source.length) {
    throw new InputError({
      field: "split",
      given: `[${counts.join(", ")}] of ${source.length} tokens`,
      allowed: "counts that the source can fill",
    });
  }
  return partsEndingAt(source, ends);
}

function partsEndingAt(source: TokenSource, ends: readonly number[]): TokenSource[] {
  const starts = [0, ...ends];
  ends.forEach((end, i) => {
    if (!Number.isInteger(end) || !(end > starts[i]!)) {
      throw new InputError({
        field: "split",
        given: `a part from token ${starts[i]} to ${end}`,
        allowed: "parts of at least one token",
      });
    }
  });
  return ends.map((end, i) => sliceOf(source, starts[i]!, end));
}
