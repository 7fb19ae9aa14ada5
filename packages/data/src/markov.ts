/**
 * What counting alone can predict: the figure to print beside any model's.
 *
 * Each token is predicted from the `order` tokens before it by how often it followed them in the text that was counted, mixed with
 * the shorter contexts in proportion to how little the longer one was seen (Witten and Bell, 1991).
 */

import { InputError } from "@reformer-ts/internal-checks";

import type { TokenSource } from "./token-source";

export interface MarkovOptions {
  order: number;
  vocabSize: number;
}

/**
 * Mean bits per token of `heldOut` under a Markov model counted on `train`.
 * @throws InputError when contexts of that order cannot be numbered, or `heldOut` is empty
 */
export function markovBits(
  train: TokenSource,
  heldOut: TokenSource,
  { order, vocabSize }: MarkovOptions,
): number {
  const contexts = vocabSize ** order;
  if (!Number.isInteger(order) || order < 0 || contexts * vocabSize > Number.MAX_SAFE_INTEGER) {
    throw new InputError({
      field: "order",
      given: String(order),
      allowed: `an integer of at least 0 with ${vocabSize}^(order + 1) below 2^53`,
    });
  }
  if (heldOut.length === 0)
    throw new InputError({ field: "held-out text", given: "empty", allowed: "1 token or more" });
  const counts = Array.from({ length: order + 1 }, (_, length) => countContexts(train, length, vocabSize));
  let bits = 0;
  forEachToken(
    heldOut,
    (token, recent) => {
      let probability = 1 / vocabSize;
      for (let length = 0; length <= Math.min(order, recent.length); length++) {
        const seen = counts[length]!.get(contextOf(recent, length, vocabSize));
        if (seen === undefined) break;
        const escape = seen.followers.size / (seen.total + seen.followers.size);
        probability = (1 - escape) * ((seen.followers.get(token) ?? 0) / seen.total) + escape * probability;
      }
      bits -= Math.log2(probability);
    },
    order,
  );
  return bits / heldOut.length;
}

interface Followers {
  total: number;
  followers: Map<number, number>;
}

function countContexts(source: TokenSource, length: number, vocabSize: number): Map<number, Followers> {
  const counts = new Map<number, Followers>();
  forEachToken(
    source,
    (token, recent) => {
      if (recent.length < length) return;
      const context = contextOf(recent, length, vocabSize);
      let seen = counts.get(context);
      if (seen === undefined) counts.set(context, (seen = { total: 0, followers: new Map() }));
      seen.total++;
      seen.followers.set(token, (seen.followers.get(token) ?? 0) + 1);
    },
    length,
  );
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
