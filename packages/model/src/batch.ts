/** Sequences of tokens with what is to be predicted at each, and the check that a model can take them. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "./config";

/** Token ids, row after row. */
export interface Batch {
  /** `[batch, length]` */
  inputs: Int32Array;
  /** `[batch, length]`, what each position should predict; -1 where nothing is asked */
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
  checkTokens("inputs", batch.inputs, 0, config, batch);
  checkTokens("targets", batch.targets, -1, config, batch);
  checkLength(config, "length", batch.length);
  if (counted && countTargets(batch) === 0) {
    throw new InputError({
      field: "targets",
      given: "-1 everywhere",
      allowed: "0 or more in at least one place",
    });
  }
}

function checkTokens(
  field: string,
  tokens: Int32Array,
  least: number,
  { vocabSize }: ReformerConfig,
  { batch, length }: Batch,
): void {
  if (tokens.length !== batch * length) {
    throw new InputError({
      field,
      given: `${tokens.length} tokens`,
      allowed: `batch x length = ${batch * length}`,
    });
  }
  const wrong = tokens.findIndex((token) => token < least || token >= vocabSize);
  if (wrong >= 0) {
    throw new InputError({
      field: `${field}[${wrong}]`,
      given: String(tokens[wrong]),
      allowed: `a token from ${least} to ${vocabSize - 1}`,
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
