/**
 * What counting alone can predict: the figure to print beside any model's.
 *
 * Each token is predicted from the `order` tokens before it by how often it followed them in the text that was counted. What one
 * token less of context predicts counts as `prior` further observations (a Dirichlet prior, applied at each length), so
 * contexts that were hardly seen do no harm. On E. coli, trained on its first nine tenths, order 10 gives 1.94 bits.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { CountTable } from "./count-table";
import type { TokenSource } from "./token-source";

export interface MarkovOptions {
  order: number;
  vocabSize: number;
  /** How many observations the shorter context is worth. Genomes want many; text does with fewer. */
  prior?: number;
}

/**
 * Mean bits per token of `heldOut` under a Markov model counted on `train`.
 * @throws InputError when contexts of that order cannot be numbered, or `heldOut` is empty
 */
export function markovBits(
  train: TokenSource,
  heldOut: TokenSource,
  { order, vocabSize, prior = 64 }: MarkovOptions,
): number {
  const contexts = vocabSize ** order;
  if (!Number.isInteger(order) || order < 0 || contexts * vocabSize > Number.MAX_SAFE_INTEGER) {
    throw new InputError({
      field: "order",
      given: String(order),
      allowed: `an integer of at least 0 with ${vocabSize}^(order + 1) below 2^53`,
    });
  }
  if (!(prior > 0 && prior < Infinity)) {
    throw new InputError({ field: "prior", given: String(prior), allowed: "a number above 0" });
  }
  if (heldOut.length === 0)
    throw new InputError({ field: "held-out text", given: "empty", allowed: "1 token or more" });
  const counts = Array.from({ length: order + 1 }, (_, length) => countContexts(train, length, vocabSize));
  let bits = 0;
  const measure = (token: number, recent: readonly number[]) => {
    let probability = 1 / vocabSize;
    for (let length = 0; length <= recent.length; length++) {
      const { totals, followers } = counts[length]!;
      const context = contextOf(recent, length, vocabSize);
      const followed = followers.get(context * vocabSize + token);
      probability = (followed + prior * probability) / (totals.get(context) + prior);
    }
    bits -= Math.log2(probability);
  };
  forEachToken(heldOut, measure, order);
  return bits / heldOut.length;
}

interface ContextCounts {
  /** By context: how often it was seen. */
  totals: CountTable;
  /** By context and token: how often it followed. */
  followers: CountTable;
}

function countContexts(source: TokenSource, length: number, vocabSize: number): ContextCounts {
  const counts = { totals: new CountTable(), followers: new CountTable() };
  const count = (token: number, recent: readonly number[]) => {
    if (recent.length < length) return;
    const context = contextOf(recent, length, vocabSize);
    counts.totals.increment(context);
    counts.followers.increment(context * vocabSize + token);
  };
  forEachToken(source, count, length);
  return counts;
}

/** The last `length` tokens as one number. */
function contextOf(recent: readonly number[], length: number, vocabSize: number): number {
  let context = 0;
  for (let i = recent.length - length; i < recent.length; i++) context = context * vocabSize + recent[i]!;
  return context;
}

/** Calls with every token and the up to `memory` tokens before it. */
function forEachToken(
  source: TokenSource,
  visit: (token: number, recent: readonly number[]) => void,
  memory: number,
): void {
  const step = 65_536;
  const recent: number[] = [];
  for (let start = 0; start < source.length; start += step) {
    for (const token of source.read(start, Math.min(step, source.length - start))) {
      visit(token, recent);
      recent.push(token);
      if (recent.length > memory) recent.shift();
    }
  }
}
