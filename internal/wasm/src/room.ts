/** Whether the backend `wasm` has room for what is to come: asked before, because tfjs writes to address 0 where it has none. */
import { getKernel, registerKernel } from "@tensorflow/tfjs-core";
import { allocate, type WasmBackend } from "./wasm-backend";

/**
 * Registers a kernel that computes nothing, under `name`: with `{ bytes, largest }` it makes the memory grow by as much,
 * if it has to, in blocks no larger than the largest, or throws.
 */
export function registerRoom(name: string): void {
  if (getKernel(name, "wasm")) return;
  registerKernel({
    kernelName: name,
    backendName: "wasm",
    kernelFunc: ({ attrs, backend: given }) => {
      const backend = given as unknown as WasmBackend;
      const { bytes, largest } = attrs as unknown as { bytes: number; largest: number };
      const blocks: number[] = [];
      try {
        for (let left = bytes; left > 0; left -= largest)
          blocks.push(allocate(backend, Math.min(left, largest)));
      } finally {
        for (const block of blocks) backend.wasm.asm.free(block);
      }
      return [];
    },
  });
}
