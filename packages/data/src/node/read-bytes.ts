/** Whole files in memory, unpacked when they are compressed. */

import { readFileSync, statSync } from "node:fs";

import { emptyFile, onFile } from "./file-error";
import { tooLarge, unpack } from "./unpack";

export interface ReadOptions {
  /** The most that the file may hold, unpacked; 1 GiB by default. */
  maxBytes?: number;
}

/**
 * The bytes of a file; of what it holds, when it begins as gzip, bzip2 or zip do, whatever its name.
 * @throws InputError when it is missing, empty, not readable, damaged or larger than `maxBytes`
 */
export function readBytes(path: string, { maxBytes = 2 ** 30 }: ReadOptions = {}): Uint8Array {
  const bytes = onFile(path, "a file that can be read", () => {
    if (statSync(path).size > maxBytes) throw tooLarge(path, maxBytes);
    return readFileSync(path);
  });
  const content = unpack(path, bytes, maxBytes);
  if (content.length === 0) throw emptyFile(path);
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}
