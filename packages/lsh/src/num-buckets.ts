/**
 * How many buckets, and in which factors.
 *
 * A hash into K buckets costs a rotation to K / 2 directions. For long sequences K is a product of two factors, each
 * hashed by a rotation of its own, which costs their sum instead (§2, "Locality sensitive hashing").
 */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import { mostIds } from "./bucket-ids";

/** With one bucket more, for masked tokens, ids can still be counted. */
export const mostBuckets = mostIds / 2;

export interface AutoBuckets {
  /** Tokens in the sequence at hand, padding included. */
  length: number;
  chunkLength: number;
  /** The longest sequence the model is meant for. Default: length. */
  maxLength?: number;
}

/**
 * The factors of the number of buckets; their product is the number. A single number is a single factor.
 *
 * 'auto' takes the largest power of two up to 2 length / chunkLength, split in two factors when it exceeds
 * 2 max(sqrt(maxLength / chunkLength), chunkLength): the rule of transformers, so that its checkpoints hash alike.
 *
 * @throws InputError when a factor is no even integer, there are more buckets than can be counted, or a size is no integer
 */
export function resolveNumBuckets(
  numBuckets: number | readonly number[] | "auto",
  { length, chunkLength, maxLength = length }: AutoBuckets,
): number[] {
  if (numBuckets === "auto") {
    for (const [field, size] of Object.entries({ length, chunkLength, maxLength }))
      requireInteger(field, size, 1);
    const exponent = Math.floor(Math.log2(Math.max(2 * Math.floor(length / chunkLength), 2)));
    const limit = 2 * Math.max(Math.floor(Math.sqrt(Math.floor(maxLength / chunkLength))), chunkLength);
    if (2 ** exponent <= limit) return [2 ** exponent];
    return [2 ** Math.floor(exponent / 2), 2 ** Math.ceil(exponent / 2)];
  }
  const factors = typeof numBuckets === "number" ? [numBuckets] : [...numBuckets];
  if (
    factors.length === 0 ||
    factors.some((factor) => !(Number.isInteger(factor) && factor >= 2 && factor % 2 === 0)) ||
    bucketCount(factors) > mostBuckets
  ) {
    throw new InputError({
      field: "numBuckets",
      given: `[${factors.join(", ")}]`,
      allowed: `an even number of at least 2, a list of such numbers, or 'auto': ${mostBuckets} buckets at most`,
    });
  }
  return factors;
}

/** Directions that a rotation needs for these factors: half of each. */
export function rotationSize(factors: readonly number[]): number {
  return factors.reduce((sum, factor) => sum + factor / 2, 0);
}

/** How many buckets there are: the product of the factors. */
export function bucketCount(factors: readonly number[]): number {
  return factors.reduce((product, factor) => product * factor, 1);
}
