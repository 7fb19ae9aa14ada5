/** Sequences of tokens with what is to be predicted at each, and the check that a model can take them. */
import { assertShape, InputError, requireInteger } from "@reformer-ts/internal-checks";
import { mostPositions, type ReformerConfig } from "./config";

/** Token ids, row after row. */
export interface Batch {
  /** `[batch, length]` */
  inputs: Int32Array;
  /**
   * What is asked; -1 where nothing is. For a token head `[batch, length]` tokens, for a class head `[batch]` classes,
   * for a span head `[batch, 2]` positions.
   */
  targets: Int32Array;
  batch: number;
  length: number;
}

export function countTargets({ targets }: Batch): number {
  return targets.reduce((count, target) => count + (target < 0 ? 0 : 1), 0);
}

/** @throws InputError when there is no token, one is unknown, or the sequence outgrows the position table */
export function checkBatch(config: ReformerConfig, batch: Batch): void {
  const { batch: rows, length } = batch;
  requireInteger("batch", rows, 1);
  requireInteger("length", length, 1);
  checkIds("inputs", batch.inputs, {
    count: rows * length,
    least: 0,
    below: config.vocabSize,
    what: "token",
  });
  checkIds("targets", batch.targets, { ...targetsOf(config, batch), least: -1 });
  checkLength(config, "length", batch.length);
}

/**
 * A batch in which nothing is asked is fine where others are asked something, in the same step.
 *
 * @param count of the targets that a loss is a mean of
 * @throws InputError when there are none
 */
export function requireTargets(count: number): void {
  if (count > 0) return;
  throw new InputError({
    field: "targets",
    given: "-1 everywhere",
    allowed: "0 or more in at least one place",
  });
}

/**
 * Of tokens on the backend, which are not read here.
 *
 * @throws InputError when they are not `[batch, length]`, or the sequence outgrows the position table
 */
export function checkTokens(config: ReformerConfig, { shape }: { shape: number[] }): void {
  assertShape("tokens", shape, "[batch, length]");
  checkLength(config, "tokens", shape[1]!);
}

function targetsOf({ head, vocabSize, numClasses }: ReformerConfig, { batch, length }: Batch) {
  switch (head) {
    case "tokens":
      return { count: batch * length, below: vocabSize, what: "token" };
    case "class":
      return { count: batch, below: numClasses, what: "class" };
    case "span":
      return { count: batch * 2, below: length, what: "position" };
  }
}

export interface Ids {
  count: number;
  least: number;
  below: number;
  what: string;
}

/** @throws InputError when there are more or fewer ids than `count`, or one is out of range or no integer */
export function checkIds(
  field: string,
  ids: Int32Array | readonly number[],
  { count, least, below, what }: Ids,
): void {
  if (ids.length !== count) {
    throw new InputError({
      field,
      given: `${ids.length} long`,
      allowed: `${count} long, as batch and length say`,
    });
  }
  const wrong = ids.findIndex((id) => !(Number.isInteger(id) && id >= least && id < below));
  if (wrong >= 0) {
    throw new InputError({
      field: `${field}[${wrong}]`,
      given: String(ids[wrong]),
      allowed: `a ${what} from ${least} to ${below - 1}`,
    });
  }
}

/** @throws InputError when positions come from a table that `length` outgrows */
export function checkLength(config: ReformerConfig, field: string, length: number): void {
  if (length > mostPositions(config)) {
    throw new InputError({
      field,
      given: `${length} tokens`,
      allowed: `at most maxLength = ${config.maxLength}, the size of the position table`,
    });
  }
}
