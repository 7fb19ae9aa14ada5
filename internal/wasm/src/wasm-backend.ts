/** The parts of tfjs-backend-wasm that a kernel of one's own needs. */
import type { DataId, DataType, TensorInfo } from "@tensorflow/tfjs-core";

export interface WasmBackend {
  wasm: {
    asm: {
      /** tfjs' build with threads keeps it to itself; kernels are registered on the others alone. */
      memory: WebAssembly.Memory;
      malloc(bytes: number): number;
      free(address: number): void;
    };
  };
  dataIdMap: { get(dataId: DataId): { memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  disposeData(dataId: DataId): boolean;
}

/** Of a size beyond, `malloc` would see the rest after division, and give too little. */
const mostBytes = 2 ** 32 - 1;

/** @throws Error when WASM's 4 GB are full, or the browser gives no more */
export function allocate({ wasm }: WasmBackend, bytes: number): number {
  if (bytes > mostBytes) throw outOfMemory(bytes);
  // Above 2 GB the address comes back as a negative number.
  const address = wasm.asm.malloc(bytes) >>> 0;
  if (address === 0 && bytes > 0) throw outOfMemory(bytes);
  return address;
}

export function addressOf({ dataIdMap }: WasmBackend, { dataId }: TensorInfo): number {
  return dataIdMap.get(dataId).memoryOffset;
}

/** A tensor of unset numbers. @throws Error when there is no memory for it, where tfjs would write at address 0 */
export function allocateTensor(backend: WasmBackend, shape: readonly number[], dtype: DataType): TensorInfo {
  const bytes = 4 * shape.reduce((product, size) => product * size, 1);
  if (bytes > mostBytes) throw outOfMemory(bytes);
  const tensor = backend.makeOutput(shape, dtype);
  if (bytes === 0 || addressOf(backend, tensor) !== 0) return tensor;
  backend.disposeData(tensor.dataId);
  throw outOfMemory(bytes);
}

function outOfMemory(bytes: number): Error {
  return new Error(`WebAssembly's memory is full: ${bytes} bytes more do not fit`);
}
