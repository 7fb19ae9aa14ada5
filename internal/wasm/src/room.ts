/** Whether the backend `wasm` has room for what is to come: asked before, because tfjs writes to address 0 where it has none. */
import { getKernel, registerKernel } from "@tensorflow/tfjs-core";
import { allocate, type WasmBackend } from "./wasm-backend";

/**
 * Registers a kernel that computes nothing, under `name`: with `{ bytes }` it makes the memory grow by as much, if it has
 * to, or throws.
 */
export function registerRoom(name: string): void {
  if (getKernel(name, "wasm")) return;
  registerKernel({
    kernelName: name,
    backendName: "wasm",
    kernelFunc: ({ attrs, backend: given }) => {
      const backend = given as unknown as WasmBackend;
      backend.wasm.asm.free(allocate(backend, (attrs as unknown as { bytes: number }).bytes));
      return [];
    },
  });
}
