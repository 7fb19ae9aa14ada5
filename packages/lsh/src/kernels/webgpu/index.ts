/** The kernels of this package for tfjs-backend-webgpu. Importing this registers nothing. */
import {
  getKernel,
  type KernelBackend,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { kernelNames } from "../names";
import { alignToBuckets } from "./align-to-buckets";
import { bucketSort } from "./bucket-sort";
import type { GivenInputs } from "./check-inputs";
import { chunkAttention } from "./chunk-attention";
import { chunkAttentionGrad } from "./chunk-attention-grad";
import { hash } from "./hash";
import { normalizeKeys, normalizeKeysGrad } from "./normalize-keys";

export { checkInputs, checkSameShape, requireThat, type GivenInputs } from "./check-inputs";
export {
  defaultWorkgroupSize,
  emptyTensor,
  type Program,
  release,
  runElementwise,
  runProgram,
  sumAcross,
  takeContents,
} from "./run-program";
export { sortRows } from "./bucket-sort";

/** @returns the outputs, in the contract's order */
type WebgpuKernel<Attributes> = (
  backend: KernelBackend,
  inputs: GivenInputs,
  attributes: Attributes,
) => TensorInfo[];

/** Hands a kernel to tfjs, unless one of this name is there. With `replaces` it takes the other's place. */
export function registerWebgpuKernel<Attributes>(
  kernelName: string,
  kernel: WebgpuKernel<Attributes>,
  { replaces = false }: { replaces?: boolean } = {},
): void {
  if (getKernel(kernelName, "webgpu") !== undefined) {
    if (!replaces) return;
    unregisterKernel(kernelName, "webgpu");
  }
  registerKernel({
    kernelName,
    backendName: "webgpu",
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(backend as KernelBackend, inputs, attrs as unknown as Attributes),
  });
}

/**
 * Registers the fused kernels of LSH and local attention with tfjs, for its `webgpu` backend, whether that is open yet
 * or not. May be called twice.
 */
export function registerWebgpuKernels(): void {
  registerWebgpuKernel(kernelNames.hash, hash);
  registerWebgpuKernel(kernelNames.bucketSort, bucketSort);
  registerWebgpuKernel(kernelNames.alignToBuckets, alignToBuckets);
  registerWebgpuKernel(kernelNames.chunkAttention, chunkAttention);
  registerWebgpuKernel(kernelNames.chunkAttentionGrad, chunkAttentionGrad);
  registerWebgpuKernel(kernelNames.normalizeKeys, normalizeKeys);
  registerWebgpuKernel(kernelNames.normalizeKeysGrad, normalizeKeysGrad);
}
