/** Trax' `model.weights.npy.gz`: NumPy's array files written one after another. */
import { byteCursor, type ByteCursor } from "./byte-cursor";
import { storedTypes } from "./pickle/numpy-makers";
import type { StoredTensor } from "./safetensors";
import { numbersOf, stridedTensor, stridesOf } from "./strided";

const magic = "\u0093NUMPY";
const longestHeader = 65_536;

/**
 * All arrays of the file, in order. The header of each is a Python dictionary; it is matched, never evaluated.
 *
 * @throws InputError when the bytes are no such arrays, or were cut short
 */
export function readNpyStream(file: Uint8Array, where: string): StoredTensor[] {
  const cursor = byteCursor(file, where, "whole .npy arrays, one after another");
  const arrays: StoredTensor[] = [];
  while (cursor.left > 0) arrays.push(readOne(cursor));
  return arrays;
}

function readOne(cursor: ByteCursor): StoredTensor {
  const found = String.fromCharCode(...cursor.bytes(magic.length));
  const version = cursor.byte();
  cursor.byte();
  if (found !== magic || version < 1 || version > 3) cursor.refuse("no .npy array");
  const size = version === 1 ? cursor.uint16() : cursor.uint32();
  if (size > longestHeader) cursor.refuse(`an array with a header of ${size} bytes`);
  const header = new TextDecoder().decode(cursor.bytes(size));
  const type = /'descr'\s*:\s*'[<|]([a-z]\d)'/.exec(header)?.[1];
  const axes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (type === undefined || axes === undefined || !Object.hasOwn(storedTypes, type))
    return cursor.refuse(`an array with the header ${header.trim().slice(0, 80)}`);
  const dtype = storedTypes[type]!;
  const shape = axes
    .split(",")
    .map((axis) => axis.trim())
    .filter((axis) => axis !== "")
    .map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const bytes = cursor.bytes(count * Number(type[1]));
  const strides = stridesOf(shape, { fortran: /'fortran_order'\s*:\s*True/.test(header) });
  const tensor = stridedTensor(dtype, numbersOf(dtype, bytes)!, { shape, strides });
  return tensor ?? cursor.refuse(`an array of shape [${shape.join(", ")}]`);
}
