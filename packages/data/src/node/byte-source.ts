/**
 * A text file as byte tokens, read from disk window by window: the corpus may be larger than memory.
 *
 * Gzip cannot be entered in the middle, so a compressed file is unpacked into memory, within the bound of `readBytes`.
 */

import { closeSync, openSync, readSync, statSync } from "node:fs";

import { InputError } from "@reformer-ts/internal-checks";

import { notText, firstInvalidByte } from "../text";
import { checkRange, concatenate, sliceOf, tokensOf, type TokenSource } from "../token-source";
import { emptyFile, onFile } from "./file-error";
import { listFiles } from "./list-files";
import { isGzip, readBytes } from "./read-bytes";

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
  const { size, descriptor } = onFile(path, "a file that can be read", () => ({
    size: statSync(path).size,
    descriptor: openSync(path, "r"),
  }));
  const source = fileSource(path, descriptor, size);
  if (!isGzip(bytesBetween(source, 0, Math.min(2, size)))) return source;
  source.close();
  return { ...tokensOf(readBytes(path)), close: () => {} };
}

function fileSource(path: string, descriptor: number, size: number): FileSource {
  let open = true;
  return {
    length: size,
    read(start, count) {
      checkRange(size, start, count);
      const bytes = new Uint8Array(count);
      for (let done = 0; done < count;) {
        const got = readSync(descriptor, bytes, done, count - done, start + done);
        if (got === 0) {
          throw new InputError({
            field: path,
            given: "shorter than when it was opened",
            allowed: "left as it was",
          });
        }
        done += got;
      }
      return Int32Array.from(bytes);
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
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
