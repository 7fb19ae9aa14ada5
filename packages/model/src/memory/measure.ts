/**
 * Bytes that tensors really hold. tfjs' own count takes every clone and reshape for memory of its own; here memory
 * counts once, however many tensors share it.
 */
import { engine, util, type Tensor } from "@tensorflow/tfjs-core";

/** The part of tfjs' engine that learns of every kernel and every tensor's data. */
interface Bookkeeper {
  state: { tensorInfo: WeakMap<object, unknown> };
  runKernel(name: string, inputs: Record<string, Tensor>, attributes?: object): unknown;
  trackTensor(tensor: Tensor, backend: unknown): void;
  removeDataId(id: object, backend: unknown): void;
}

/** Kernels that give their input's memory another name. */
const aliasing = ["Reshape", "Identity"];

/**
 * Runs a function and counts the bytes of tensors that it needed.
 *
 * @returns what `run` added at most to the bytes that were held before it
 */
export function measurePeakBytes(run: () => void): number {
  const books = engine() as unknown as Bookkeeper;
  const memoryOf = new Map<object, { bytes: number; owners: number }>();
  let [held, peak] = [0, 0];
  let shared: object | null = null;
  const { runKernel, trackTensor, removeDataId } = books;

  books.runKernel = function (name, inputs, attributes) {
    const before = shared;
    shared = aliasing.includes(name) ? inputs["x"]!.dataId : null;
    try {
      return runKernel.call(books, name, inputs, attributes);
    } finally {
      shared = before;
    }
  };
  books.trackTensor = function (tensor, backend) {
    if (!books.state.tensorInfo.has(tensor.dataId)) {
      const memory = (shared && memoryOf.get(shared)) ?? {
        bytes: tensor.size * util.bytesPerElement(tensor.dtype),
        owners: 0,
      };
      if (memory.owners++ === 0) held += memory.bytes;
      peak = Math.max(peak, held);
      memoryOf.set(tensor.dataId, memory);
    }
    trackTensor.call(books, tensor, backend);
  };
  books.removeDataId = function (id, backend) {
    const memory = memoryOf.get(id);
    if (memory && --memory.owners === 0) held -= memory.bytes;
    memoryOf.delete(id);
    removeDataId.call(books, id, backend);
  };
  try {
    run();
  } finally {
    Object.assign(books, { runKernel, trackTensor, removeDataId });
  }
  return peak;
}
