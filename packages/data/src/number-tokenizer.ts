/** Tokens that stand for nothing but themselves, written as numbers with blanks between them. */

import { InputError } from "@reformer-ts/internal-checks";

import { checkToken } from "./check-token";
import type { Tokenizer } from "./tokenizer";

/**
 * Tokens written as numbers, with blanks between them.
 *
 * @throws InputError when the size is no positive integer
 */
export function numberTokenizer(vocabSize: number): Tokenizer {
  if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > 2 ** 31) {
    throw new InputError({
      field: "vocabSize",
      given: String(vocabSize),
      allowed: "an integer from 1 to 2147483648",
    });
  }
  const textOf = (token: number) => {
    checkToken(token, vocabSize);
    return `${token} `;
  };
  return {
    vocabSize,
    encode: (text) =>
      Int32Array.from(text.trim() === "" ? [] : text.trim().split(/[\s,]+/), (word) => {
        const token = /^\d+$/.test(word) ? Number(word) : NaN;
        checkToken(token, vocabSize);
        return token;
      }),
    decode: (tokens) => Array.from(tokens, textOf).join("").trimEnd(),
    stream: () => ({ push: textOf, end: () => "" }),
    toJSON: () => ({ type: "numbers", vocabSize }),
  };
}
