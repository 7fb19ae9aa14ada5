/** Tokens in .npy files: read window by window, whatever their size, and written piece by piece. */

import { InputError } from "@reformer-ts/internal-checks";

import { sizeOf } from "../bounds";
import {
  checkNpyLength,
  mostHeaderBytes,
  npyBytes,
  npyHeader,
  npyValues,
  parseNpy,
  parseNpyHeader,
  type NpyType,
} from "../npy";
import { checkTokenValue, tokensOfArray } from "../numeric-array";
import { checkRange } from "../token-source";
import { createAtomicFile } from "./atomic-file";
import type { FileSource } from "./byte-source";
import { openFile } from "./open-file";
import { readBytes } from "./read-bytes";
import { isPacked } from "./unpack";

/** A source and the shape of the array that it reads, row after row. */
export interface NpySource extends FileSource {
  shape: number[];
  /** Of the file: tokens of one byte are below 256. */
  bytesPerToken: number;
}

/**
 * The numbers of an .npy file as tokens. A plain file may be larger than memory; a compressed one is unpacked into it.
 * @throws InputError when it is no .npy file of whole numbers, or not as long as it says; from `read`, when a number is no
 * token
 */
export function openNpySource(path: string): NpySource {
  const file = openFile(path);
  try {
    if (isPacked(file.read(0, Math.min(4, file.size)))) {
      file.close();
      const array = parseNpy(readBytes(path), path);
      return {
        ...tokensOfArray(array, path),
        shape: array.shape,
        bytesPerToken: array.data.BYTES_PER_ELEMENT,
        close: () => {},
      };
    }
    const header = file.read(0, Math.min(file.size, mostHeaderBytes + 12));
    const { type, shape, start } = parseNpyHeader(header, path);
    const length = sizeOf(shape, path, Number.MAX_SAFE_INTEGER);
    checkNpyLength(file.size - start, length * npyBytes(type), path);
    return {
      length,
      shape,
      bytesPerToken: npyBytes(type),
      read(from, count) {
        checkRange(length, from, count);
        const bytes = file.read(start + from * npyBytes(type), count * npyBytes(type));
        const values = npyValues(bytes, type, path);
        values.forEach((value, i) => checkTokenValue(value, from + i, path));
        return Int32Array.from(values);
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Writes tokens as an .npy file of the smallest type that holds the vocabulary. The file appears when all are written.
 * @param pieces the tokens, in as many pieces as they come in
 * @returns how many there were
 * @throws InputError for a token outside the vocabulary, or when the place cannot be written to
 */
export function writeNpyTokens(
  path: string,
  pieces: Iterable<ArrayLike<number>>,
  { vocabSize }: { vocabSize: number },
): number {
  const [type, Values] = typeFor(vocabSize);
  const file = createAtomicFile(path);
  let count = 0;
  try {
    file.write(npyHeader(type, [0]));
    for (const tokens of pieces) {
      for (let i = 0; i < tokens.length; i++) checkVocabulary(tokens[i]!, vocabSize, count + i);
      const values = Values.from(tokens);
      file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      count += tokens.length;
    }
    file.write(npyHeader(type, [count]), 0);
    file.finish();
    return count;
  } catch (error) {
    file.abandon();
    throw error;
  }
}

function typeFor(vocabSize: number): [NpyType, typeof Uint8Array | typeof Uint16Array | typeof Int32Array] {
  if (vocabSize <= 2 ** 8) return ["|u1", Uint8Array];
  return vocabSize <= 2 ** 16 ? ["<u2", Uint16Array] : ["<i4", Int32Array];
}

function checkVocabulary(token: number, vocabSize: number, position: number): void {
  if (Number.isInteger(token) && token >= 0 && token < vocabSize) return;
  throw new InputError({
    field: "tokens",
    given: `${token} at position ${position}`,
    allowed: `integers from 0 to ${vocabSize - 1}`,
  });
}
