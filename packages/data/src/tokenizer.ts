/**
 * What turns text into tokens and back.
 *
 * A tokenizer is saved beside the weights that were trained with it, so each can be written as JSON and made again from it.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { byteTokenizer } from "./bytes";
import { characterTokenizer } from "./characters";
import { genomeTokenizer } from "./genome-tokenizer";
import { musicTokenizer } from "./music-tokenizer";
import { numberTokenizer } from "./number-tokenizer";
import { reserveTokens } from "./reserved";

export interface Tokenizer {
  /** Tokens are 0 … vocabSize - 1. */
  readonly vocabSize: number;
  /** @throws InputError when the vocabulary cannot express the text */
  encode(text: string): Int32Array;
  /**
   * Never throws for tokens that a model may emit: what is not text becomes U+FFFD.
   * @throws InputError for a token outside the vocabulary
   */
  decode(tokens: ArrayLike<number>): string;
  /** Text while it is being generated, one token at a time. */
  stream(): TextStream;
  toJSON(): TokenizerJSON;
}

export interface TextStream {
  /** The text that this token completes: possibly none, when it ends in the middle of a character. */
  push(token: number): string;
  /** What is left over when nothing more will come. */
  end(): string;
}

/** Subword vocabularies are described by the content of their `tokenizer.json`. */
export type TokenizerJSON =
  | { type: "bytes" }
  | { type: "characters"; characters: string }
  | { type: "genome" }
  | { type: "music" }
  | { type: "numbers"; vocabSize: number }
  | { type: "subword"; file: object }
  | { type: "reserved"; count: number; tokenizer: TokenizerJSON };

/**
 * The tokenizer that {@link Tokenizer.toJSON} described.
 * @param subword how to read a subword vocabulary; `anyTokenizerFromJSON` of "@reformer-ts/data/subword" gives it, and brings
 *   its library with it
 * @throws InputError when it describes none
 */
export function tokenizerFromJSON(json: unknown, subword?: (file: unknown) => Tokenizer): Tokenizer {
  const fields = Object(json) as Record<string, unknown>;
  const { type } = fields;
  if (type === "bytes") return byteTokenizer();
  if (type === "characters" && typeof fields.characters === "string")
    return characterTokenizer(fields.characters);
  if (type === "genome") return genomeTokenizer();
  if (type === "music") return musicTokenizer();
  if (type === "numbers") return numberTokenizer(fields.vocabSize as number);
  if (type === "subword" && subword !== undefined) return subword(fields.file);
  if (type === "reserved" && Object(fields.tokenizer).type !== "reserved") {
    return reserveTokens(tokenizerFromJSON(fields.tokenizer, subword), { count: fields.count as number });
  }
  throw new InputError({
    field: "tokenizer",
    given: JSON.stringify(json)?.slice(0, 80) ?? "undefined",
    allowed: `{ "type": "bytes" }, or of type "characters", "genome", "music", "numbers", ${subword ? '"subword" ' : ""}or "reserved" with what belongs to it`,
  });
}
