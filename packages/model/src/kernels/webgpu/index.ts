/** The kernels of this package and of the attention below it, for tfjs-backend-webgpu. Importing this registers nothing. */
import {
  registerWebgpuKernel,
  registerWebgpuKernels as registerAttentionKernels,
} from "@reformer-ts/lsh/kernels/webgpu";
import { modelKernelNames } from "../names";
import { adam } from "./adam";

/**
 * Registers the fused kernels of a model's layers, those of `@reformer-ts/lsh` included, with tfjs, for its `webgpu`
 * backend, whether that is open yet or not. May be called twice.
 */
export function registerWebgpuKernels(): void {
  registerAttentionKernels();
  registerWebgpuKernel(modelKernelNames.adam, adam);
}
