/**
 * gzip, bzip2 and zip, told apart by how they begin, unpacked in memory and never to more than was asked for: a few kilobytes can
 * unpack to gigabytes.
 */

import { gunzipSync } from "node:zlib";

import { InputError } from "@reformer-ts/internal-checks";
// A CommonJS module: Node finds no names in it, only its whole.
import seekBzip from "seek-bzip";

import { zipContent, zipEntries } from "./unzip";

const formats = [
  { name: "gzip", magic: [0x1f, 0x8b], unpack: gunzip },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], unpack: bunzip2 },
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04], unpack: unzip },
] as const;

export function isPacked(bytes: Uint8Array): boolean {
  return formatOf(bytes) !== undefined;
}

/**
 * What a compressed file holds; other bytes as they are. A zip archive must hold one file.
 * @param path the file, for the error
 * @throws InputError when it is damaged, or holds more than `maxBytes`
 */
export function unpack(path: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const format = formatOf(bytes);
  if (format === undefined) return bytes;
  try {
    return format.unpack(path, bytes, maxBytes);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      { field: path, given: `damaged ${format.name}`, allowed: `a complete ${format.name} file` },
      { cause: error },
    );
  }
}

export function tooLarge(path: string, maxBytes: number): InputError {
  return new InputError({
    field: path,
    given: `more than ${maxBytes} bytes`,
    allowed: "at most that many in memory",
  });
}

function formatOf(bytes: Uint8Array) {
  return formats.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
}

function gunzip(path: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge(path, maxBytes) : error;
  }
}

function bunzip2(path: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  let content = new Uint8Array(Math.min(maxBytes, 8 * bytes.length));
  let size = 0;
  const output = {
    writeByte(byte: number) {
      if (size === maxBytes) throw tooLarge(path, maxBytes);
      if (size === content.length) {
        const larger = new Uint8Array(Math.min(maxBytes, 2 * size));
        larger.set(content);
        content = larger;
      }
      content[size++] = byte;
    },
    flush() {},
  };
  // Wikipedia's dumps are many bzip2 streams in one file.
  seekBzip.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), output, true);
  return content.subarray(0, size);
}

function unzip(path: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const entries = zipEntries(bytes);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new InputError({
      field: path,
      given: `a zip archive of ${entries.length} files`,
      allowed: "one that holds one file",
    });
  }
  if (entry.size > maxBytes) throw tooLarge(path, maxBytes);
  return zipContent(bytes, entry);
}
