/**
 * Every character (Unicode code point) of a chosen alphabet is a token: short vocabularies for small corpora.
 *
 * The alphabet is closed. A text with a character outside it is refused by name rather than silently mangled.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { checkToken } from "./check-token";
import type { Tokenizer } from "./tokenizer";

/**
 * Text as characters, a token each; what is not in the alphabet is refused.
 *
 * @param alphabet the characters in the order of their tokens
 * @throws InputError when the alphabet is empty or repeats a character
 */
export function characterTokenizer(alphabet: string): Tokenizer {
  const characters = Array.from(alphabet);
  const tokenOf = new Map(characters.map((character, token) => [character, token]));
  if (characters.length === 0 || tokenOf.size < characters.length) {
    throw new InputError({
      field: "characters",
      given: characters.length === 0 ? "empty" : "an alphabet that repeats a character",
      allowed: "one or more different characters",
    });
  }
  const textOf = (token: number) => {
    checkToken(token, characters.length);
    return characters[token]!;
  };
  return {
    vocabSize: characters.length,
    encode: (text) =>
      Int32Array.from(Array.from(text), (character) => tokenOf.get(character) ?? refuse(character)),
    decode: (tokens) => Array.from(tokens, textOf).join(""),
    stream: () => ({ push: textOf, end: () => "" }),
    toJSON: () => ({ type: "characters", characters: characters.join("") }),
  };
}

/** A tokenizer whose alphabet is every character of `text`, in the order of their code points. */
export function characterTokenizerFor(text: string): Tokenizer {
  const codePoints = Array.from(new Set(text), (character) => character.codePointAt(0)!);
  const inOrder = codePoints.toSorted((a, b) => a - b);
  return characterTokenizer(inOrder.map((codePoint) => String.fromCodePoint(codePoint)).join(""));
}

function refuse(character: string): never {
  const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new InputError({
    field: "text",
    given: `a text with ${JSON.stringify(character)} (U+${codePoint})`,
    allowed: "written in the characters that the tokenizer was made for",
  });
}
