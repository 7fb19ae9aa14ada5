/**
 * Integers that wait for the backward pass, such as buckets: on the host, as the smallest integers that hold them. A
 * bucket of a short sequence then takes one byte instead of four, and a model of a thousand layers keeps no tensors.
 */
import { kernelNames } from "@reformer-ts/lsh";
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { hasKernel } from "./kernels/dispatch";

export interface KeptIntegers {
  /** The same tensor again; the caller owns it. */
  restore(): Tensor;
  dispose(): void;
}

/** Takes `integers`, an int32 tensor of which none is negative. */
export function keepIntegers(integers: Tensor): KeptIntegers {
  // Where a device sorts, the data are there, and to read them would be to wait for it.
  if (hasKernel(kernelNames.bucketSort))
    return { restore: () => integers.clone(), dispose: () => integers.dispose() };
  const { shape } = integers;
  const values = smallest(integers.dataSync() as Int32Array);
  integers.dispose();
  return { restore: () => tensor(Int32Array.from(values), shape, "int32"), dispose() {} };
}

function smallest(values: Int32Array): Uint8Array | Uint16Array | Int32Array {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  if (largest < 1 << 8) return Uint8Array.from(values);
  return largest < 1 << 16 ? Uint16Array.from(values) : values;
}
