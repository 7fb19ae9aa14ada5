/** IDX, the format of MNIST: two zero bytes, a type, the number of axes, their sizes in big endian, the values. */

import { InputError } from "@reformer-ts/internal-checks";

import { sizeOf } from "./bounds";
import type { NumericArray } from "./numeric-array";

const unsignedByte = 8;

/**
 * Reads an IDX file of bytes, MNIST's images or labels.
 *
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no IDX file of bytes, or shorter or longer than its header says
 */
export function parseIdx(bytes: Uint8Array, name: string): NumericArray {
  const refuse = (given: string): never => {
    throw new InputError({ field: name, given, allowed: "an IDX file of unsigned bytes" });
  };
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes.length < 4) refuse("not an IDX file");
  if (bytes[2] !== unsignedByte) refuse(`an IDX file of type ${bytes[2]}`);
  const axes = bytes[3]!;
  const start = 4 + 4 * axes;
  if (axes === 0 || bytes.length < start) refuse("an IDX file that ends in its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape, name);
  if (bytes.length - start !== size)
    refuse(`${bytes.length - start} values long where its header says ${size}`);
  return { shape, data: bytes.subarray(start) };
}
