/** Half precision, as checkpoints are often stored, widened to the float32 that this package computes with. Exact. */
import type { StoredTensor } from "./safetensors";

/** Tensors of F16, BF16 and F64 as F32; others as they are. */
export function widened(stored: StoredTensor): StoredTensor {
  switch (stored.dtype) {
    case "BF16":
      return { ...stored, dtype: "F32", data: fromBrainFloat(stored.data as Uint16Array) };
    case "F16":
      return { ...stored, dtype: "F32", data: fromHalf(stored.data as Uint16Array) };
    case "F64":
      return { ...stored, dtype: "F32", data: Float32Array.from(stored.data as Float64Array) };
    default:
      return stored;
  }
}

/** The upper half of a float32's bits. */
function fromBrainFloat(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i]! >> 15 ? -1 : 1;
    const exponent = (bits[i]! >> 10) & 31;
    const fraction = bits[i]! & 1023;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[i] = fraction === 0 ? sign * Infinity : NaN;
    else values[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}
