/**
 * A training example is a pure function of its number.
 *
 * Then a position in the data is one integer: resuming is seeking, needs no history, and stays exact when the batch or
 * the number of machines changes. Random windows, aligned records and made-up tasks are all examples; `batches`
 * deals them out.
 */

/** Inputs and targets are `[length]`. Position `i` of `targets` is what the model should say after reading `inputs[0 … i]`. */
export interface Example {
  inputs: Int32Array;
  /** {@link ignored} where nothing is to be said. */
  targets: Int32Array;
  /** `[sourceLength]`, what an encoder reads before; only where there is one. */
  source?: Int32Array;
}

/** The target that no loss counts. */
export const ignored = -1;

export interface Examples {
  /** Tokens of each example. */
  readonly length: number;
  /** Tokens of each source; absent where there is none. */
  readonly sourceLength?: number;
  /** How many there are; Infinity when examples never end. */
  readonly count: number;
  /** Example `index`, for any index below `count`. */
  example(index: number): Example;
}
