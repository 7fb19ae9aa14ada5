/** Fused kernels for tfjs-backend-wasm, of this package and of lsh: `@reformer-ts/model/kernels/wasm`. */
import {
  type BuildName,
  type RegisteredKernels,
  registerWasmKernels as registerLsh,
} from "@reformer-ts/lsh/kernels/wasm";

export type { BuildName, RegisteredKernels } from "@reformer-ts/lsh/kernels/wasm";

export async function registerWasmKernels(options: { build?: BuildName } = {}): Promise<RegisteredKernels> {
  return registerLsh(options);
}
