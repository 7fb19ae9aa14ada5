/** Translation pairs: a sentence for the encoder, and its translation for the decoder to predict token by token. */

import { InputError } from "@reformer-ts/internal-checks";

import { checkInteger } from "./batches";
import { ignored, type Examples } from "./examples";
import { endToken, padToken } from "./reserved";
import type { Tokenizer } from "./tokenizer";

export interface Pair {
  source: string;
  target: string;
}

/**
 * Two texts whose lines belong together; pairs with an empty side are left out.
 * @throws InputError when the texts have different numbers of lines, or no pair is left
 */
export function alignedPairs(source: string, target: string): Pair[] {
  const sources = linesOf(source);
  const targets = linesOf(target);
  if (sources.length !== targets.length) {
    throw new InputError({
      field: "translation pairs",
      given: `${sources.length} lines and ${targets.length} lines`,
      allowed: "two texts with the same number of lines",
    });
  }
  return notEmpty(sources.map((line, i) => ({ source: line, target: targets[i]! })));
}

/**
 * One text with a pair a line, the sides separated by a tab; further columns are ignored.
 * @throws InputError when a line has no tab, or no pair is left
 */
export function tabSeparatedPairs(text: string): Pair[] {
  return notEmpty(
    linesOf(text).map((line, i) => {
      const [source, target] = line.split("\t");
      if (target === undefined) {
        throw new InputError({
          field: `line ${i + 1}`,
          given: "without a tab",
          allowed: "source, tab, target",
        });
      }
      return { source: source!.trim(), target: target.trim() };
    }),
  );
}

export interface PairOptions {
  /** With tokens 0 and 1 reserved, as `reserveTokens` leaves them. */
  tokenizer: Tokenizer;
  sourceLength: number;
  targetLength: number;
}

/**
 * Each pair as an example: the source and the end token, padded; the target shifted right as inputs, and the target with the
 * end token as targets, ignored where padded. Pairs that do not fit are left out.
 * @throws InputError when none fits
 */
export function pairExamples(
  pairs: readonly Pair[],
  { tokenizer, sourceLength, targetLength }: PairOptions,
): Examples & { readonly sourceLength: number } {
  checkInteger("sourceLength", sourceLength, 1, Infinity);
  checkInteger("targetLength", targetLength, 1, Infinity);
  const encoded = pairs
    .map(({ source, target }) => ({ source: tokenizer.encode(source), target: tokenizer.encode(target) }))
    .filter(({ source, target }) => source.length < sourceLength && target.length < targetLength);
  if (encoded.length === 0) {
    throw new InputError({
      field: "translation pairs",
      given: `${pairs.length}, none of which fits`,
      allowed: `pairs below ${sourceLength} and ${targetLength} tokens`,
    });
  }
  return {
    length: targetLength,
    sourceLength,
    count: encoded.length,
    example(index) {
      const { source, target } = encoded[index]!;
      const inputs = new Int32Array(targetLength).fill(padToken);
      inputs.set(target, 1);
      return {
        inputs,
        targets: ended(target, targetLength, ignored),
        source: ended(source, sourceLength, padToken),
      };
    },
  };
}

function ended(tokens: Int32Array, length: number, padding: number): Int32Array {
  const result = new Int32Array(length).fill(padding);
  result.set(tokens);
  result[tokens.length] = endToken;
  return result;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function notEmpty(pairs: readonly Pair[]): Pair[] {
  const full = pairs.filter(({ source, target }) => source.trim() !== "" && target.trim() !== "");
  if (full.length > 0) return full;
  throw new InputError({ field: "translation pairs", given: "empty", allowed: "one or more" });
}
