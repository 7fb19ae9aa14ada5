/**
 * Records of one size laid end to end, such as images of 64 x 64 x 3 bytes: each is an example of its own, and its first
 * token is predicted too.
 *
 * Inputs are the record shifted right by one, as in Trax' `ShiftRight`: position i reads what comes before token i, so
 * the positions of an axial embedding stay those of the image.
 */

import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";

import { checkInteger } from "./batches";
import type { Example, Examples } from "./examples";
import { permuted } from "./permutation";
import type { TokenSource } from "./token-source";

export interface RecordOptions {
  /** Tokens of one record. */
  length: number;
  /** What the model reads before a record's first token. */
  startToken?: number;
}

/**
 * All records in order, once.
 * @throws InputError when the source is empty or not a whole number of records
 */
export function records(source: TokenSource, { length, startToken = 0 }: RecordOptions): Examples {
  checkInteger("length", length, 1, Infinity);
  const count = source.length / length;
  if (!Number.isInteger(count) || count === 0) {
    throw new InputError({
      field: "records",
      given: `${source.length} tokens`,
      allowed: `one or more records of ${length} tokens`,
    });
  }
  return { length, count, example: (index) => shiftedRight(source.read(index * length, length), startToken) };
}

/** Examples of a finite set without end: every epoch all of them, in a random order that belongs to it. */
export function shuffled(examples: Examples, { seed }: { seed: number }): Examples {
  const { count } = examples;
  return {
    ...examples,
    count: Infinity,
    example(index) {
      const epochSeed = deriveSeed(seed, "records", Math.floor(index / count));
      return examples.example(permuted(index % count, count, epochSeed));
    },
  };
}

/** The example that asks for every token of `record` after the ones before it. */
export function shiftedRight(record: Int32Array, startToken: number): Example {
  const inputs = new Int32Array(record.length);
  inputs[0] = startToken;
  inputs.set(record.subarray(0, -1), 1);
  return { inputs, targets: record };
}
