/** One call of a kernel: addresses of its tensors, memory for its outputs, and scratch memory that ends with it. */
import type { Dimensions } from "@reformer-ts/internal-checks";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, allocate, allocateTensor, type WasmBackend } from "./wasm-backend";

export interface KernelContext<Exports> {
  /** The functions of the module, on the backend's memory. */
  module: Exports;
  /** Named sizes of the inputs, all checked. */
  sizes: Dimensions;
  shapeOf(input: string): readonly number[];
  isInteger(input: string): boolean;
  /** 0 for an input that is absent. */
  address(input: string): number;
  /** @returns its address */
  output(shape: readonly number[], dtype?: "float32" | "int32"): number;
  /** @returns the address of so many bytes, unset */
  scratch(bytes: number): number;
  /** The backend's memory as int32, until it next grows. */
  integersAt(address: number, count: number): Int32Array;
}

/** @returns the context, its outputs so far, and how to let go of scratch memory, or of outputs as well */
export function createContext<Exports>(
  backend: WasmBackend,
  module: Exports,
  inputs: Record<string, TensorInfo | undefined>,
  sizes: Dimensions,
) {
  const outputs: TensorInfo[] = [];
  const scratch: number[] = [];
  const context: KernelContext<Exports> = {
    module,
    sizes,
    shapeOf: (input) => inputs[input]!.shape,
    isInteger: (input) => inputs[input]!.dtype === "int32",
    address: (input) => (inputs[input] === undefined ? 0 : addressOf(backend, inputs[input])),
    output(shape, dtype = "float32") {
      const tensor = allocateTensor(backend, shape, dtype);
      outputs.push(tensor);
      return addressOf(backend, tensor);
    },
    scratch(bytes) {
      const address = allocate(backend, bytes);
      scratch.push(address);
      return address;
    },
    integersAt: (address, count) => new Int32Array(backend.wasm.asm.memory.buffer, address, count),
  };
  const free = () => {
    for (const address of scratch) backend.wasm.asm.free(address);
  };
  const abandon = () => {
    for (const { dataId } of outputs) backend.disposeData(dataId);
  };
  return { context, outputs, free, abandon };
}
