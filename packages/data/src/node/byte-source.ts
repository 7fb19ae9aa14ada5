/**
 * A text file as byte tokens, read from disk window by window: the corpus may be larger than memory.
 *
 * An archive cannot be entered in the middle, so a compressed file is unpacked into memory, within the bound of `readBytes`.
 */

import { firstInvalidByte, notText } from "../text";
import { checkRange, concatenate, sliceOf, tokensOf, type TokenSource } from "../token-source";
import { emptyFile } from "./file-error";
import { listFiles } from "./list-files";
import { openFile } from "./open-file";
import { readBytes } from "./read-bytes";
import { isPacked } from "./unpack";

/** A source that holds files open until it is closed. */
export interface FileSource extends TokenSource {
  close(): void;
}

/**
 * The bytes of a UTF-8 file, or of all files of a folder with a blank line between them: the same tokens as the byte tokenizer
 * gives for `readText`.
 * @throws InputError when a file is missing, empty, not UTF-8, or compressed and too large
 */
export function openByteSource(path: string): FileSource {
  const opened: FileSource[] = [];
  try {
    const blankLine = tokensOf(Uint8Array.of(10, 10));
    for (const file of listFiles(path)) {
      const source = openOne(file);
      opened.push(source);
      checkText(file, source);
    }
    const joined = concatenate(opened.flatMap((source, i) => (i === 0 ? [source] : [blankLine, source])));
    return { ...joined, close: () => opened.forEach((source) => source.close()) };
  } catch (error) {
    for (const source of opened) source.close();
    throw error;
  }
}

/** The file without its byte order mark. */
function openOne(path: string): FileSource {
  const source = openBytes(path);
  const isMarked = [0xef, 0xbb, 0xbf].every((byte, i) => i < source.length && source.read(i, 1)[0] === byte);
  if (!isMarked && source.length > 0) return source;
  if (source.length > 3) return { ...sliceOf(source, 3, source.length), close: () => source.close() };
  source.close();
  throw emptyFile(path);
}

function openBytes(path: string): FileSource {
  const file = openFile(path);
  if (isPacked(file.read(0, Math.min(4, file.size)))) {
    file.close();
    return { ...tokensOf(readBytes(path)), close: () => {} };
  }
  return {
    length: file.size,
    read(start, count) {
      checkRange(file.size, start, count);
      return Int32Array.from(file.read(start, count));
    },
    close: () => file.close(),
  };
}

/** Every byte is looked at once, a megabyte at a time. */
function checkText(path: string, source: TokenSource): void {
  const step = 2 ** 20;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0; start < source.length; start += step) {
    const end = Math.min(start + step, source.length);
    try {
      decoder.decode(bytesBetween(source, start, end), { stream: end < source.length });
    } catch {
      throw notText(path, invalidByteBetween(source, start, end));
    }
  }
}

/** The offending character may have begun up to three bytes before the step in which it was found. */
function invalidByteBetween(source: TokenSource, start: number, end: number): number {
  const from = Math.max(0, start - 3);
  const bytes = bytesBetween(source, from, end);
  const isContinuation = (offset: number) => (bytes[offset]! & 0xc0) === 0x80;
  let skipped = 0;
  while (skipped < start - from && isContinuation(skipped)) skipped++;
  return from + skipped + firstInvalidByte(bytes.subarray(skipped));
}

function bytesBetween(source: TokenSource, start: number, end: number): Uint8Array {
  return Uint8Array.from(source.read(start, end - start));
}
