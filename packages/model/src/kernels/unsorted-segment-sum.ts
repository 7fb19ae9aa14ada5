/**
 * The one kernel that training needs and tfjs-backend-wasm lacks: the sum of rows by segment, which tfjs uses for
 * the gradient of `gather` (an embedding's gradient is exactly that).
 *
 * The sum runs on the host, over copies of the backend's memory: two passes over the rows, which for a
 * vocabulary-sized gradient is small beside the matrix products of the same step.
 */

import {
  getKernel,
  registerKernel,
  UnsortedSegmentSum,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
} from "@tensorflow/tfjs-core";

/** Adds to tfjs-backend-wasm what it lacks. Does nothing where a kernel is there already, so it may be called twice. */
export function registerMissingKernels(): void {
  if (getKernel(UnsortedSegmentSum, "wasm") !== undefined) return;
  const kernelFunc = unsortedSegmentSum as unknown as KernelFunc;
  registerKernel({ kernelName: UnsortedSegmentSum, backendName: "wasm", kernelFunc });
}

/**
 * `x [rows, ...inner]`, `segmentIds [rows]` of int32 to `[numSegments, ...inner]`; rows of a negative segment are dropped.
 */
function unsortedSegmentSum({
  inputs,
  attrs,
  backend,
}: {
  inputs: Record<"x" | "segmentIds", TensorInfo>;
  attrs: UnsortedSegmentSumAttrs;
  backend: KernelBackend;
}): TensorInfo {
  const { x, segmentIds } = inputs;
  const shape = [attrs.numSegments, ...x.shape.slice(1)];
  const values = backend.readSync(x.dataId) as Float32Array | Int32Array;
  const segments = backend.readSync(segmentIds.dataId) as Int32Array;
  const sums = sumRows(values, segments, attrs.numSegments, sizeOf(x.shape.slice(1)));
  return { dataId: backend.write(sums, shape, x.dtype) as TensorInfo["dataId"], shape, dtype: x.dtype };
}

function sumRows<T extends Float32Array | Int32Array>(
  values: T,
  segments: Int32Array,
  numSegments: number,
  width: number,
): T {
  const sums = new (values.constructor as new (length: number) => T)(numSegments * width);
  segments.forEach((segment, row) => {
    if (segment < 0 || segment >= numSegments) return;
    const from = row * width;
    const to = segment * width;
    for (let i = 0; i < width; i++) sums[to + i]! += values[from + i]!;
  });
  return sums;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
