/**
 * The one error that users are meant to read: which field, what was given, what is allowed.
 *
 * This module is bundled into every package, so classes of several copies may meet in one process;
 * {@link isInputError} therefore asks for a brand instead of using `instanceof`.
 */

const brand = Symbol.for("@reformer-ts/InputError");

export interface InputErrorDetails {
  /** Where the mistake is: a config key, a flag, a file with its position, a tensor's name. */
  field: string;
  /** What was found there, in words or as printed by the caller. */
  given: string;
  /** What would have been right. */
  allowed: string;
}

export class InputError extends Error {
  readonly field: string;
  readonly given: string;
  readonly allowed: string;

  constructor({ field, given, allowed }: InputErrorDetails, options?: ErrorOptions) {
    super(`${field} is ${given}, but must be ${allowed}.`, options);
    this.name = "InputError";
    this.field = field;
    this.given = given;
    this.allowed = allowed;
    Object.defineProperty(this, brand, { value: true });
  }
}

export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && brand in error;
}

/** The candidate that is closest to `word` by edits, for "did you mean"; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3));
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
