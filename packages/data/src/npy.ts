/**
 * NumPy's array files (numpy.lib.format, versions 1 to 3): anything that Python has prepared can be trained on.
 *
 * Only whole numbers in row-major order: tokens and bytes. The header is a Python dictionary; it is matched, never
 * evaluated.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { sizeOf } from "./bounds";
import { checkTokenValue, type NumericArray } from "./numeric-array";

export interface NpyHeader {
  /** Such as `|u1`, `<u2`, `<i4`. */
  type: NpyType;
  shape: number[];
  /** Where the values begin. */
  start: number;
}

const types = {
  "|u1": { size: 1, array: Uint8Array },
  "|b1": { size: 1, array: Uint8Array },
  "|i1": { size: 1, array: Int8Array },
  "<u2": { size: 2, array: Uint16Array },
  "<i2": { size: 2, array: Int16Array },
  "<u4": { size: 4, array: Uint32Array },
  "<i4": { size: 4, array: Int32Array },
  "<u8": { size: 8, array: BigUint64Array },
  "<i8": { size: 8, array: BigInt64Array },
} as const;

export type NpyType = keyof typeof types;

/** The longest header that is looked at. */
export const mostHeaderBytes = 65_536;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The header at the start of `bytes`, which need not hold more than {@link mostHeaderBytes}.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no npy file of whole numbers in row-major order
 */
export function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const refuse = (given: string): never => {
    throw new InputError({
      field: name,
      given,
      allowed: "an .npy file of whole numbers, row-major and little endian",
    });
  };
  const version = bytes[6] ?? 0;
  if (!magic.every((byte, i) => bytes[i] === byte) || version < 1 || version > 3) refuse("not an .npy file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) refuse("an .npy file that ends in its header");
  const headerBytes = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = 8 + lengthBytes + headerBytes;
  if (headerBytes > mostHeaderBytes || start > bytes.length) refuse("an .npy file that ends in its header");
  const header = new TextDecoder().decode(bytes.subarray(8 + lengthBytes, start));

  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1] ?? "";
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (shape === undefined || type === "")
    return refuse("an .npy file with a header that says neither type nor shape");
  if (!(type in types)) refuse(`an .npy file of type ${JSON.stringify(type)}`);
  if (!/'fortran_order'\s*:\s*False/.test(header)) refuse("an .npy file in column-major order");
  const axes = shape.split(",").map((axis) => axis.trim());
  return { type: type as NpyType, shape: axes.filter((axis) => axis !== "").map(Number), start };
}

/**
 * A whole array. Numbers of eight bytes become tokens of four.
 * @throws InputError as {@link parseNpyHeader}, when the length is not what the header says, or a number of eight bytes is no
 * token
 */
export function parseNpy(bytes: Uint8Array, name: string): NumericArray {
  const { type, shape, start } = parseNpyHeader(bytes, name);
  const size = sizeOf(shape, name);
  checkNpyLength(bytes.length - start, size * npyBytes(type), name);
  return { shape, data: npyValues(bytes.subarray(start), type, name) };
}

export function npyBytes(type: NpyType): number {
  return types[type].size;
}

/** @throws InputError unless the values take as many bytes as the header says */
export function checkNpyLength(given: number, expected: number, name: string): void {
  if (given === expected) return;
  throw new InputError({
    field: name,
    given: `an .npy file with ${given} bytes of values`,
    allowed: `as long as its header says, ${expected} bytes`,
  });
}

/** Little-endian bytes as the numbers that they are; a copy, since they may lie unaligned. */
export function npyValues(bytes: Uint8Array, type: NpyType, name: string): NumericArray["data"] {
  const values = new types[type].array(bytes.slice().buffer);
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return values;
  return Int32Array.from(values as Iterable<bigint> & ArrayLike<bigint>, (value: bigint, i: number) => {
    checkTokenValue(Number(value), i, name);
    return Number(value);
  });
}

/** A header of version 1 whose values begin at a multiple of 64, as NumPy writes it. */
export function npyHeader(type: NpyType, shape: readonly number[]): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${axes}), }`;
  // 128 bytes even for short shapes, so that a streamed file can be given its length afterwards.
  const length = Math.max(128, Math.ceil((10 + text.length + 1) / 64) * 64);
  const header = new Uint8Array(length).fill(0x20);
  header.set(magic);
  header.set([1, 0, (length - 10) & 255, (length - 10) >> 8], 6);
  header.set(new TextEncoder().encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}
