/** Which tokens the bytes of a text are to a model: themselves, or each two more than itself, as the authors count. */
import {
  byteTokenizer,
  endToken,
  padToken,
  reserveTokens,
  type TokenSource,
  tokensOf,
} from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "@reformer-ts/model";

export interface ByteTokens {
  /** What the token of a byte is more than the byte. */
  offset: number;
  encode(bytes: Uint8Array): Int32Array;
  /** A text as a source, neither copied nor widened. */
  source(bytes: Uint8Array): TokenSource;
  /** Undefined for a token that is no byte: padding, or the end of a text. */
  byteOf(token: number): number | undefined;
  /** What is no byte is left out. */
  decode(tokens: ArrayLike<number>): string;
}

/** The authors' byte models leave tokens 0 and 1 for padding and an end. */
const reserved = Math.max(padToken, endToken) + 1;
/** What the token of a byte is more than the byte, by how many tokens there are. Other sizes may as well be subwords'. */
const offsets = new Map([
  [256, 0],
  [256 + reserved, reserved],
]);

/**
 * @param beside the file that says what tokens are, where one came with the weights
 * @throws InputError when they are no bytes
 */
export function byteTokens({ vocabSize }: Pick<ReformerConfig, "vocabSize">, beside?: string): ByteTokens {
  const offset = offsets.get(vocabSize);
  if (beside !== undefined || offset === undefined) {
    throw new InputError({
      field: "the model",
      given: beside === undefined ? `one of ${vocabSize} tokens` : `one whose tokens are those of ${beside}`,
      allowed: "one whose tokens are bytes: 256, or 258 with two for padding and an end",
    });
  }
  const tokenizer = offset === 0 ? byteTokenizer() : reserveTokens(byteTokenizer(), { count: offset });
  const encode = (bytes: Uint8Array) => Int32Array.from(bytes, (byte) => byte + offset);
  const byteOf = (token: number) => {
    const byte = token - offset;
    return byte >= 0 && byte < 256 ? byte : undefined;
  };
  return {
    offset,
    encode,
    byteOf,
    source(bytes) {
      const plain = tokensOf(bytes);
      return {
        length: plain.length,
        read: (start, count) => plain.read(start, count).map((byte) => byte + offset),
      };
    },
    decode: (tokens) => tokenizer.decode(Array.from(tokens).filter((token) => byteOf(token) !== undefined)),
  };
}
