/**
 * Room below a vocabulary for tokens that are no text: padding, the end of a sentence.
 *
 * The authors' own byte data counts this way, 0 for padding and 1 for the end, a byte being 2 more than itself
 * (vocabulary 258).
 */

import { InputError } from "@reformer-ts/internal-checks";

import { checkToken } from "./check-token";
import type { Tokenizer } from "./tokenizer";

/** What is left empty after a sequence. */
export const padToken = 0;
/** What ends one. */
export const endToken = 1;

/**
 * The tokenizer with every token raised by `count`. Reserved tokens decode to nothing.
 * @throws InputError when the count is no positive integer
 */
export function reserveTokens(tokenizer: Tokenizer, { count = 2 }: { count?: number } = {}): Tokenizer {
  if (!Number.isInteger(count) || count < 1 || count > 65_536) {
    throw new InputError({
      field: "reserved tokens",
      given: String(count),
      allowed: "an integer from 1 to 65536",
    });
  }
  const vocabSize = tokenizer.vocabSize + count;
  return {
    vocabSize,
    encode: (text) => tokenizer.encode(text).map((token) => token + count),
    decode(tokens) {
      const list = Array.from(tokens);
      for (const token of list) checkToken(token, vocabSize);
      return tokenizer.decode(list.filter((token) => token >= count).map((token) => token - count));
    },
    stream() {
      const stream = tokenizer.stream();
      return {
        push(token) {
          checkToken(token, vocabSize);
          return token < count ? "" : stream.push(token - count);
        },
        end: () => stream.end(),
      };
    },
    toJSON: () => ({ type: "reserved", count, tokenizer: tokenizer.toJSON() }),
  };
}
