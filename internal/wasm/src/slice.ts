/**
 * tfjs' `Slice` for its backend `wasm`: theirs copies the whole tensor out of the memory before it takes a piece, so that
 * a long sequence that is cut into pieces is copied once for each of them. This one copies the piece.
 */
import {
  getKernel,
  registerKernel,
  Slice,
  slice_util,
  type KernelFunc,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { addressOf, allocateTensor, type WasmBackend } from "./wasm-backend";

interface SliceAttributes {
  begin: number | number[];
  size: number | number[];
}

/** Puts it in the place of theirs, which goes on with what has no four bytes an element. */
export function registerSlice(): void {
  const theirs = getKernel(Slice, "wasm");
  if (!theirs || ours in theirs.kernelFunc) return;
  const kernelFunc: KernelFunc = (call) => {
    const x = call.inputs["x"]!;
    if (x.dtype !== "float32" && x.dtype !== "int32") return theirs.kernelFunc(call);
    return slice(call.backend as unknown as WasmBackend, x, call.attrs as unknown as SliceAttributes);
  };
  unregisterKernel(Slice, "wasm");
  registerKernel({ ...theirs, kernelFunc: Object.assign(kernelFunc, { [ours]: true }) });
}

/** A mark that packages which are bundled apart know of each other. */
const ours = Symbol.for("@reformer-ts/internal-wasm/slice");

function slice(backend: WasmBackend, x: TensorInfo, attributes: SliceAttributes): TensorInfo {
  const [begin, size] = slice_util.parseSliceParams(x as Tensor, attributes.begin, attributes.size) as [
    number[],
    number[],
  ];
  slice_util.assertParamsValid(x as Tensor, begin, size);
  // Where x is on another backend yet, this brings it here; it comes first, for the memory may grow and move by it.
  const start = addressOf(backend, x) / 4;
  const output = allocateTensor(backend, size, x.dtype);
  if (size.includes(0)) return output;
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  // Axes beyond the last that is cut are taken whole.
  let cut = x.shape.length - 1;
  while (cut > 0 && size[cut] === x.shape[cut]) cut--;
  const count = cut < 0 ? 1 : size[cut]! * strides[cut]!;
  const memory = new Int32Array(backend.wasm.asm.memory.buffer);
  let to = addressOf(backend, output) / 4;
  const copy = (axis: number, from: number): void => {
    const first = from + (begin[axis] ?? 0) * (strides[axis] ?? 1);
    if (axis >= cut) {
      memory.copyWithin(to, first, first + count);
      to += count;
      return;
    }
    for (let i = 0; i < size[axis]!; i++) copy(axis + 1, first + i * strides[axis]!);
  };
  copy(0, start);
  return output;
}
