/**
 * Examples dealt out in batches, to one machine or to many.
 *
 * Batch n of all machines together is examples `n * batch * ranks …`; rank r takes the r-th part of it. So several ranks
 * see together exactly what one process with a batch that many times larger would see, and never the same example twice.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { ignored, type Examples } from "./examples";

/** `inputs` and `targets` are `[batch, length]` in row-major order. */
export interface Batch {
  inputs: Int32Array;
  targets: Int32Array;
  shape: [batch: number, length: number];
  /** Targets that count: all of them, unless rows were padded or a task asks for some positions only. */
  counted: number;
  /** `[batch, sourceLength]`, for an encoder. */
  source?: Int32Array;
  sourceShape?: [batch: number, sourceLength: number];
}

/** How many examples all ranks together have taken. Goes into a checkpoint as it is. */
export interface DataPosition {
  examples: number;
}

export interface BatchReader {
  /** The next batch. */
  next(): Batch;
  /** Where the next batch begins. */
  readonly position: DataPosition;
}

export interface BatchOptions {
  /** Examples per batch of this rank. */
  batch: number;
  /** Where to go on; the beginning when absent. */
  position?: DataPosition;
  rank?: number;
  ranks?: number;
}

/**
 * Batches without end of endless examples; of a finite set, until it is used up.
 * @throws InputError for a batch, position or rank that cannot be; from `next` when no example is left
 */
export function batches(
  examples: Examples,
  { batch, position = { examples: 0 }, rank = 0, ranks = 1 }: BatchOptions,
): BatchReader {
  checkInteger("batch", batch, 1, Infinity);
  checkInteger("ranks", ranks, 1, Infinity);
  checkInteger("rank", rank, 0, ranks - 1);
  checkInteger("data position", position?.examples, 0, Number.MAX_SAFE_INTEGER);
  let taken = position.examples;
  return {
    get position() {
      return { examples: taken };
    },
    next() {
      const first = taken + rank * batch;
      if (taken >= examples.count) {
        throw new InputError({
          field: "data position",
          given: `example ${taken}`,
          allowed: `below ${examples.count}, the number of examples`,
        });
      }
      const next = stack(examples, first, batch);
      taken += batch * ranks;
      return next;
    },
  };
}

/** All examples of a finite set, once each and in order; the last batch is filled up with rows that do not count. */
export function* batchesOnce(examples: Examples, { batch }: { batch: number }): Generator<Batch, void> {
  checkInteger("batch", batch, 1, Infinity);
  for (let first = 0; first < examples.count; first += batch) yield stack(examples, first, batch);
}

/** Examples `first … first + batch - 1`; rows past the last example are zeros whose targets are ignored. */
function stack(examples: Examples, first: number, batch: number): Batch {
  const { length, sourceLength } = examples;
  const source = sourceLength === undefined ? undefined : new Int32Array(batch * sourceLength);
  const inputs = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length).fill(ignored);
  for (let row = 0; row < batch && first + row < examples.count; row++) {
    const example = examples.example(first + row);
    inputs.set(example.inputs, row * length);
    targets.set(example.targets, row * length);
    if (source && example.source) source.set(example.source, row * sourceLength!);
  }
  const counted = targets.reduce((sum, target) => sum + (target === ignored ? 0 : 1), 0);
  const stacked: Batch = { inputs, targets, shape: [batch, length], counted };
  return source ? { ...stacked, source, sourceShape: [batch, sourceLength!] } : stacked;
}

/** @throws InputError unless `value` is an integer from `low` to `high` */
export function checkInteger(field: string, value: unknown, low: number, high: number): void {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw new InputError({
      field,
      given: String(value),
      allowed:
        high < Number.MAX_SAFE_INTEGER
          ? `an integer from ${low} to ${high}`
          : `an integer of at least ${low}`,
    });
  }
}
