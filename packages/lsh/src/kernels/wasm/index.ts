/** Fused kernels for tfjs-backend-wasm: `@reformer-ts/lsh/kernels/wasm`. */
import { type BuildName, registerBuild, type RegisteredKernels } from "@reformer-ts/internal-wasm";
import { chunkAttention, chunkAttentionGrad } from "./attention";
import * as builds from "./generated/builds";
import { bucketSort, hash, normalizeKeys, normalizeKeysGrad } from "./routing";

export type { BuildName, RegisteredKernels } from "@reformer-ts/internal-wasm";

/**
 * Registers this package's kernels for the backend `wasm`, which has to be open. It may be called twice. From then on
 * attention runs by them; `explainKernels()` tells which are in use. Where WebAssembly has no SIMD, or the backend runs
 * threads, nothing is registered, and everything goes on by composed ops.
 *
 * @param options.build another than the fastest that this machine can run
 * @throws InputError when the backend has not been opened, or the machine cannot run the build asked for
 */
export function registerWasmKernels(options: { build?: BuildName } = {}): Promise<RegisteredKernels> {
  const kernels = [chunkAttention, chunkAttentionGrad, hash, bucketSort, normalizeKeys, normalizeKeysGrad];
  return registerBuild(builds, kernels, options);
}
