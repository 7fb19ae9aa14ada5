/**
 * What turns text into tokens and back.
 *
 * A tokenizer is saved beside the weights that were trained with it, so each can be written as JSON and made again from it.
 */

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
