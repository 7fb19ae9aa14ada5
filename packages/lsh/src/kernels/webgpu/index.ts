/** The kernels of this package for tfjs-backend-webgpu. Importing this registers nothing. */
import { type KernelBackend, registerKernel, getKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelNames } from "../names";
import { bucketSort } from "./bucket-sort";
import type { GivenInputs } from "./check-inputs";
import { chunkAttention } from "./chunk-attention";
import { chunkAttentionGrad } from "./chunk-attention-grad";
import { hash } from "./hash";
import { normalizeKeys, normalizeKeysGrad } from "./normalize-keys";

export { checkInputs, checkSameShape, requireThat, type GivenInputs } from "./check-inputs";
export { type Program, release, runElementwise, runProgram, sumAcross } from "./run-program";

/** @returns the outputs, in the contract's order */
type WebgpuKernel<Attributes> = (
  backend: KernelBackend,
  inputs: GivenInputs,
  attributes: Attributes,
) => TensorInfo[];

/** Hands a kernel to tfjs, unless one of this name is there. */
export function registerWebgpuKernel<Attributes>(kernelName: string, kernel: WebgpuKernel<Attributes>): void {
  if (getKernel(kernelName, "webgpu") !== undefined) return;
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
  registerWebgpuKernel(kernelNames.chunkAttention, chunkAttention);
  registerWebgpuKernel(kernelNames.chunkAttentionGrad, chunkAttentionGrad);
  registerWebgpuKernel(kernelNames.normalizeKeys, normalizeKeys);
  registerWebgpuKernel(kernelNames.normalizeKeysGrad, normalizeKeysGrad);
}
