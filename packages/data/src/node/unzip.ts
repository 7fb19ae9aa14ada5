/**
 * The one file in a zip archive, as corpora such as enwik8 come: what the directory at the end says, inflated by Node, checked
 * against its size and checksum. No path in an archive is ever used, not even read.
 */

import { crc32, inflateRawSync } from "node:zlib";

const endSignature = 0x06054b50;
const endBytes = 22;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;

interface Entry {
  method: number;
  checksum: number;
  packedSize: number;
  size: number;
  start: number;
  isFolder: boolean;
}

/**
 * The directory's entries that are files.
 * @throws Error when there is no directory, or it is cut off
 */
export function zipEntries(bytes: Uint8Array): Entry[] {
  const view = viewOf(bytes);
  let end = bytes.length - endBytes;
  // A comment of up to 64 kB may follow the end record.
  while (end >= 0 && view.getUint32(end, true) !== endSignature) end--;
  if (end < 0) throw new Error("no directory");
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== entrySignature) throw new Error("damaged directory");
    const nameBytes = view.getUint16(at + 28, true);
    entries.push({
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      start: view.getUint32(at + 42, true),
      isFolder: nameBytes > 0 && bytes[at + entryBytes + nameBytes - 1] === 0x2f,
    });
    at += entryBytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries.filter(({ isFolder }) => !isFolder);
}

/** @throws Error when the content is not what the directory says */
export function zipContent(
  bytes: Uint8Array,
  { method, checksum, packedSize, size, start }: Entry,
): Uint8Array {
  const view = viewOf(bytes);
  if (view.getUint32(start, true) !== localSignature) throw new Error("damaged entry");
  const from = start + localBytes + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const packed = bytes.subarray(from, from + packedSize);
  if (method !== 0 && method !== 8) throw new Error("unknown method");
  const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  if (content.length !== size || crc32(content) !== checksum) throw new Error("wrong content");
  return content;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
