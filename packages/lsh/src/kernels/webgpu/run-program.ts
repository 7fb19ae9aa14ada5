/**
 * One compute program on tfjs-backend-webgpu, through the interface its own kernels use. Such a program reads up to
 * seven tensors and writes one; a kernel with several outputs is several programs.
 *
 * Shapes are the code's business, and one pipeline serves every shape. Only types are imported from the backend, so
 * nothing is bundled.
 */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";

export interface Program {
  /** Stands for the code: two programs of one key have the same. */
  key: string;
  /** In the order of their bindings, by the names that the code knows them by; each must be used there. */
  inputs: Record<string, TensorInfo>;
  /** What is written: a new tensor of this shape and type, or a tensor that is there already. */
  output: { shape: readonly number[]; dtype: "float32" | "int32" } | TensorInfo;
  /** Numbers that change from call to call, as `uniforms.name`. */
  integers?: Record<string, number>;
  floats?: Record<string, number>;
  workgroups: number;
  workgroupSize?: number;
  /** The output is written by atomic operations on integers. */
  atomic?: boolean;
  /**
   * WGSL with `fn run(workgroup: i32, thread: i32)`: which workgroup, which thread of it. Workgroups come in as many as
   * asked for, or a few more: `isPast(workgroup)` tells those apart, which must meet every barrier and write nothing.
   */
  code: string;
}

export const defaultWorkgroupSize = 256;

/**
 * The shape that tfjs is told of every input. Its pipelines go by which inputs are shaped like the output, so by their own
 * shapes one program would be compiled again whenever two sizes happen to agree.
 */
const anyShape = [2];

/**
 * Runs a program on WebGPU, compiled once for its key.
 *
 * @returns the output, owned by the caller as tfjs' kernels own theirs
 */
export function runProgram(backend: KernelBackend, program: Program): TensorInfo {
  const { key, inputs, output, integers = {}, floats = {}, workgroups, code } = program;
  const { workgroupSize = defaultWorkgroupSize, atomic = false } = program;
  const webgpu = backend as WebGPUBackend;
  const size = output.shape.reduce((product, axis) => product * axis, 1);
  const numbers = { workgroups, ...integers };
  const given = "dataId" in output ? { ...output, shape: [size] } : undefined;
  const { dataId } = webgpu.runWebGPUProgram(
    {
      shaderKey: `reformer_${key}`,
      variableNames: Object.keys(inputs),
      outputShape: [size],
      workgroupSize: [workgroupSize, 1, 1],
      dispatch: [workgroups, 1, 1],
      dispatchLayout: { x: [0] },
      uniforms: [
        ...Object.keys(numbers).map((name) => `${name} : i32, `),
        ...Object.keys(floats).map((name) => `${name} : f32, `),
      ].join(""),
      atomic,
      getUserCode: () => `${prelude}${code}`,
    },
    Object.values(inputs).map((tensor) => ({ ...tensor, shape: anyShape })),
    output.dtype,
    [
      ...Object.values(numbers).map((number) => ({ type: "int32", data: [number] })),
      ...Object.values(floats).map((number) => ({ type: "float32", data: [number] })),
    ],
    given,
  );
  return { dataId, shape: [...output.shape], dtype: output.dtype };
}

/** Lets go of a tensor that lived between two programs. */
export function release(backend: KernelBackend, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** A tensor without numbers, in place of an output that was not asked for. */
export function emptyTensor(backend: KernelBackend, shape: readonly number[] = [0]): TensorInfo {
  const dataId = backend.write(new Float32Array(0), [...shape], "float32") as TensorInfo["dataId"];
  return { dataId, shape: [...shape], dtype: "float32" };
}

/**
 * What a kernel writes over: a tensor's own memory, if no other tensor shares it, and a copy of it otherwise. The kernel
 * returns it as an output, and the caller disposes the tensor.
 */
export function takeContents(backend: KernelBackend, tensor: TensorInfo): TensorInfo {
  const webgpu = backend as WebGPUBackend;
  const data = webgpu.tensorMap.get(tensor.dataId);
  if (data.refCount > 1 || data.external) {
    return runElementwise(backend, {
      key: "copy",
      inputs: { given: tensor },
      output: { shape: tensor.shape, dtype: "float32" },
      count: tensor.shape.reduce((product, axis) => product * axis, 1),
      code: "fn element(i: i32) { result[i] = given[i]; }",
    });
  }
  webgpu.uploadToGPU(tensor.dataId);
  // Numbers that were read before are not those that will be there.
  Object.assign(data, { values: null });
  webgpu.incRef(tensor.dataId);
  return { ...tensor };
}

/** A grid too long for one dimension comes folded into a square or a cube. */
const prelude = `
fn isPast(workgroup: i32) -> bool { return workgroup >= uniforms.workgroups; }
fn main(_index: i32) {
  let workgroup = (workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x;
  run(i32(workgroup), i32(localIndex));
}
`;

/** One thread per element: `fn element(i: i32)` is called for those below `count`. */
export function runElementwise(
  backend: KernelBackend,
  { count, code, integers, ...program }: Omit<Program, "workgroups"> & { count: number },
): TensorInfo {
  return runProgram(backend, {
    ...program,
    integers: { ...integers, count },
    workgroups: Math.ceil(count / defaultWorkgroupSize),
    code: `${code}
fn run(workgroup: i32, thread: i32) {
  let i = workgroup * ${defaultWorkgroupSize} + thread;
  if (i < uniforms.count) { element(i); }
}`,
  });
}

/** `sumAcross`: the sum over the threads of a workgroup of this size, a power of two; every thread calls it. */
export function sumAcross(workgroupSize: number): string {
  return `
var<workgroup> partials: array<f32, ${workgroupSize}>;
fn sumAcross(value: f32) -> f32 {
  workgroupBarrier();
  partials[localIndex] = value;
  workgroupBarrier();
  for (var step = ${workgroupSize / 2}u; step > 0u; step = step >> 1u) {
    if (localIndex < step) { partials[localIndex] += partials[localIndex + step]; }
    workgroupBarrier();
  }
  return partials[0];
}
`;
}
