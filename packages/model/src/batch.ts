/** Sequences of tokens with what is to be predicted at each, and the check that a model can take them. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "./config";

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

/**
 * @param counted at least one target must be asked for
 * @throws InputError when a token is unknown, the sequence outgrows the position table, or nothing is counted
 */
export function checkBatch(config: ReformerConfig, batch: Batch, { counted = false } = {}): void {
  const { batch: rows, length } = batch;
  checkIds("inputs", batch.inputs, {
    count: rows * length,
    least: 0,
    below: config.vocabSize,
    what: "token",
  });
  checkIds("targets", batch.targets, { ...targetsOf(config, batch), least: -1 });
  checkLength(config, "length", batch.length);
  if (counted && countTargets(batch) === 0) {
    throw new InputError({
      field: "targets",
      given: "-1 everywhere",
      allowed: "0 or more in at least one place",
    });
  }
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

/** @throws InputError when there are more or fewer ids than `count`, or one is out of range */
export function checkIds(field: string, ids: Int32Array, { count, least, below, what }: Ids): void {
  if (ids.length !== count) {
    throw new InputError({
      field,
      given: `${ids.length} long`,
      allowed: `${count} long, as batch and length say`,
    });
  }
  const wrong = ids.findIndex((id) => id < least || id >= below);
  if (wrong >= 0) {
    throw new InputError({
      field: `${field}[${wrong}]`,
      given: String(ids[wrong]),
      allowed: `a ${what} from ${least} to ${below - 1}`,
    });
  }
}

/** @throws InputError when positions come from a table that `length` outgrows */
export function checkLength({ maxLength, positions }: ReformerConfig, field: string, length: number): void {
  if (length > maxLength && (positions === "axial" || positions === "learned")) {
    throw new InputError({
      field,
      given: `${length} tokens`,
      allowed: `at most maxLength = ${maxLength}, the size of the position table`,
    });
  }
}
