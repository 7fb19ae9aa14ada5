/** Fused kernels for tfjs-backend-wasm, which come with the packages: nothing is compiled here. */
import { registerWasmKernels } from "@reformer-ts/model/kernels/wasm";

import { composed, type OpenedKernels } from "./open-kernels";

export async function openWasmKernels(): Promise<OpenedKernels> {
  const { build, names, why } = await registerWasmKernels();
  return build === undefined ? composed(why) : { kind: "fused", names, why: `Fused: ${why}.` };
}
