/** Numbers laid out by strides, as NumPy and PyTorch may save them, brought into the usual order. */
import { arraysByType, type StoredTensor, type StoredType } from "./safetensors";

export type Numbers = StoredTensor["data"];

/**
 * @param bytes of the values; copied, since they may lie unaligned
 * @returns null when they are no whole number of values
 */
export function numbersOf(dtype: StoredType, bytes: Uint8Array): Numbers | null {
  const array = arraysByType[dtype];
  return bytes.length % array.BYTES_PER_ELEMENT === 0 ? new array(bytes.slice().buffer) : null;
}

/**
 * The tensor of a shape whose element `i, j, …` stands at `offset + i strides[0] + j strides[1] + …`.
 *
 * @returns null when an element would lie outside of the numbers, or the sizes are none
 */
export function stridedTensor(
  dtype: StoredType,
  numbers: Numbers,
  { shape, strides, offset = 0 }: { shape: readonly number[]; strides: readonly number[]; offset?: number },
): StoredTensor | null {
  const isSize = (size: number) => Number.isSafeInteger(size) && size >= 0;
  if (strides.length !== shape.length || ![offset, ...shape, ...strides].every(isSize)) return null;
  const count = shape.reduce((a, b) => a * b, 1);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  // Strides of 0 repeat values: without the second bound, a small file could ask for any amount of memory.
  if (count > 0 && (last >= numbers.length || count > numbers.length)) return null;
  if (isRowMajor(shape, strides)) {
    return { dtype, shape: [...shape], data: numbers.slice(offset, offset + count) as Numbers };
  }
  const data = new arraysByType[dtype](count) as Float32Array<ArrayBuffer>;
  const source = numbers as Float32Array;
  const at = shape.map(() => 0);
  for (let i = 0, from = offset; i < count; i++) {
    data[i] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      at[axis] = 0;
    }
  }
  return { dtype, shape: [...shape], data };
}

/** The strides of a shape whose last axis (or, in Fortran's order, whose first) is the fastest. */
export function stridesOf(shape: readonly number[], { fortran = false } = {}): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of fortran ? shape : shape.toReversed()) {
    strides.push(stride);
    stride *= size;
  }
  return fortran ? strides : strides.toReversed();
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const usual = stridesOf(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === usual[axis]);
}
