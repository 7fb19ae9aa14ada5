/**
 * Every byte of UTF-8 is a token: no vocabulary to train, nothing that cannot be written, and the loss in bits per
 * token is the bits per byte that enwik8 is measured in.
 */

import { checkToken } from "./check-token";
import type { Tokenizer } from "./tokenizer";

const vocabSize = 256;

/** Text as its bytes in UTF-8, 256 tokens. */
export function byteTokenizer(): Tokenizer {
  return {
    vocabSize,
    encode: (text) => Int32Array.from(new TextEncoder().encode(text)),
    decode(tokens) {
      return utf8().decode(bytesOf(tokens));
    },
    stream() {
      // A model may stop, or be stopped, inside a character: the decoder holds its bytes back until it is complete.
      const decoder = utf8();
      return {
        push: (token) => decoder.decode(bytesOf([token]), { stream: true }),
        end: () => decoder.decode(),
      };
    },
    toJSON: () => ({ type: "bytes" }),
  };
}

/** `ignoreBOM` keeps a byte order mark in the text, so that decoding loses nothing. */
function utf8(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function bytesOf(tokens: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(tokens.length);
  for (let i = 0; i < tokens.length; i++) {
    checkToken(tokens[i]!, vocabSize);
    bytes[i] = tokens[i]!;
  }
  return bytes;
}
