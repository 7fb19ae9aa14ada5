/**
 * Whole files in memory, unpacked when they are gzip, and never more than was asked for: a few kilobytes of gzip can unpack to
 * gigabytes.
 */

import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { InputError } from "@reformer-ts/internal-checks";

import { emptyFile, onFile } from "./file-error";

const allowed = "a file that can be read";

export interface ReadOptions {
  /** The most that the file may hold, unpacked; 1 GiB by default. */
  maxBytes?: number;
}

/**
 * The bytes of a file; of what it holds, when it begins as gzip does, whatever its name.
 * @throws InputError when it is missing, empty, not readable, damaged or larger than `maxBytes`
 */
export function readBytes(path: string, { maxBytes = 2 ** 30 }: ReadOptions = {}): Uint8Array {
  const tooLarge = () =>
    new InputError({
      field: path,
      given: `more than ${maxBytes} bytes`,
      allowed: `at most that many in memory`,
    });
  const bytes = onFile(path, allowed, () => {
    if (statSync(path).size > maxBytes) throw tooLarge();
    return readFileSync(path);
  });
  const content = isGzip(bytes) ? gunzip(path, bytes, maxBytes, tooLarge) : bytes;
  if (content.length === 0) throw emptyFile(path);
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function gunzip(path: string, bytes: Buffer, maxBytes: number, tooLarge: () => InputError): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new InputError(
      { field: path, given: "damaged gzip", allowed: "a complete gzip file" },
      { cause: error },
    );
  }
}
