/**
 * A PNG file looked over before it is decoded: sizes within bounds, chunks whole, and only the chunks that hold the picture.
 *
 * What is dropped (profiles, texts, animation) cannot be decoded wrongly or unpack to gigabytes; what is unpacked is
 * counted first and stopped where the header says that it should end.
 */

import { InputError } from "@reformer-ts/internal-checks";
import { Unzlib } from "fflate";

import { checkPixels } from "./image";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const wanted = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * The same picture in a file of its essential chunks.
 * @throws InputError when the file is cut off, has no header, or unpacks to more than its size allows
 */
export function essentialPng(bytes: Uint8Array, name: string): Uint8Array {
  const chunks = chunksOf(bytes, name).filter(({ type }) => wanted.has(type));
  const header = chunks[0];
  if (header?.type !== "IHDR" || header.content.length !== 13) throw damaged(name, "without a header");
  const view = new DataView(header.content.buffer, header.content.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkPixels(width, height, name);
  // Eight bytes a pixel at most, a byte before each line, and lines of each of seven interlaced passes.
  const most = width * height * 8 + 2 * height + 2 * width + 64;
  checkUnpacked(
    chunks.filter(({ type }) => type === "IDAT").map(({ content }) => content),
    most,
    name,
  );

  const parts = [bytes.subarray(0, 8), ...chunks.map(({ whole }) => whole)];
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (result.set(part, at), at + part.length), 0);
  return result;
}

interface Chunk {
  type: string;
  content: Uint8Array;
  /** With length, type and checksum. */
  whole: Uint8Array;
}

function chunksOf(bytes: Uint8Array, name: string): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = signature.length;
  do {
    if (at + 12 > bytes.length) throw damaged(name, "cut off");
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw damaged(name, "cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ type, content: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    at = end;
  } while (chunks.at(-1)!.type !== "IEND");
  return chunks;
}

function checkUnpacked(parts: readonly Uint8Array[], most: number, name: string): void {
  let size = 0;
  const unzlib = new Unzlib((part) => {
    size += part.length;
    if (size > most) throw damaged(name, "larger inside than its header says");
  });
  // In small steps, so that what one of them unpacks to stays small.
  const step = 4096;
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length; at += step) unzlib.push(part.slice(at, at + step));
    }
  } catch (error) {
    throw error instanceof InputError ? error : damaged(name, "damaged inside");
  }
}

export function damaged(name: string, how: string): InputError {
  return new InputError({ field: name, given: `a PNG image ${how}`, allowed: "a whole PNG image" });
}
