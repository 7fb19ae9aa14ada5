/** What a computation asks of tfjs' WebGPU backend: programs, bytes, buffers, and whether the host waits for anything. */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";

export interface DeviceUse {
  /** Names of the programs, one for every dispatch. */
  dispatches: string[];
  /** Bytes of the tensors that the programs read and write, each counted once for a program. */
  bytesMoved: number;
  /** Numbers in the largest buffer of those that were made, or taken from the pool, for tensors. */
  largestBuffer: number;
  /** Times that a tensor went back to the host. */
  readBacks: number;
  /** Most bytes of workgroup memory, and most storage buffers, of the programs that were compiled. */
  workgroupBytes: number;
  storageBuffers: number;
}

/** What a program's text declares in workgroup memory: arrays of four-byte numbers, atomic or not. */
function workgroupBytesOf(code: string): number {
  const sizes = code.matchAll(/var<workgroup>[^;]*array<.*?,\s*(\d+)>/g);
  return [...sizes].reduce((sum, [, size]) => sum + 4 * Number(size), 0);
}

/**
 * Runs `work` on the WebGPU backend that is open, with an ear to it.
 *
 * @param options.dry counts programs instead of compiling and running them: what they would have written is not there
 */
export function watchDevice<Result>(
  work: () => Result,
  { dry = false } = {},
): { result: Result; use: DeviceUse } {
  const backend = tf.backend() as WebGPUBackend;
  const { bufferManager } = backend;
  const use: DeviceUse = {
    dispatches: [],
    bytesMoved: 0,
    largestBuffer: 0,
    readBacks: 0,
    workgroupBytes: 0,
    storageBuffers: 0,
  };
  const listened = [
    ...(dry ? [replace(backend, "runWebGPUProgram", pretendToRun)] : []),
    listen(backend, "runWebGPUProgram", ([program, inputs], output) => {
      const own = /^reformer_([A-Za-z_]*[A-Za-z])/.exec(program.shaderKey)?.[1];
      use.dispatches.push(own ?? program.constructor.name);
      for (const { dataId } of [...inputs, output]) {
        use.bytesMoved += 4 * tf.util.sizeFromShape(backend.tensorMap.get(dataId).shape);
      }
    }),
    listen(bufferManager, "acquireBuffer", ([size, usage]) => {
      if (usage & GPUBufferUsage.STORAGE) use.largestBuffer = Math.max(use.largestBuffer, size / 4);
    }),
    listen(backend.device, "createShaderModule", ([{ code }]) => {
      use.workgroupBytes = Math.max(use.workgroupBytes, workgroupBytesOf(code));
      use.storageBuffers = Math.max(use.storageBuffers, code.split("var<storage").length - 1);
    }),
    // All ways back to the host: tfjs maps buffers for reading nowhere else.
    listen(backend, "getBufferData", () => use.readBacks++),
    listen(backend, "readSync", () => use.readBacks++),
    listen(backend, "readToGPU", () => use.readBacks++),
  ];
  try {
    return { result: work(), use };
  } finally {
    for (const stop of listened.toReversed()) stop();
  }
}

/** Makes the buffers of a program, and no more. */
function pretendToRun(
  this: WebGPUBackend,
  ...[program, inputs, dtype, , given]: Parameters<WebGPUBackend["runWebGPUProgram"]>
): tf.TensorInfo {
  const output = given ?? this.makeTensorInfo(program.outputShape, dtype);
  for (const { dataId } of [...inputs, output]) this.uploadToGPU(dataId);
  return output;
}

type Method = (...given: never[]) => unknown;

/** Tells `hear` of every call of a method, after it, until the function that is returned is called. */
function listen<Name extends string, Host extends Record<Name, Method>>(
  host: Host,
  name: Name,
  hear: (given: Parameters<Host[Name]>, result: ReturnType<Host[Name]>) => void,
): () => void {
  const method = host[name];
  return replace(host, name, function (this: unknown, ...given: never[]) {
    const result = method.apply(this, given);
    hear(given as Parameters<Host[Name]>, result as ReturnType<Host[Name]>);
    return result;
  });
}

/** Covers a method, which may not be writable, by one of the object's own. @returns what uncovers it */
function replace<Name extends string>(
  host: Record<Name, Method>,
  name: Name,
  by: (this: never, ...given: never[]) => unknown,
): () => void {
  const before = Object.getOwnPropertyDescriptor(host, name);
  Object.defineProperty(host, name, { value: by, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(host, name, before);
    else delete (host as Partial<Record<Name, Method>>)[name];
  };
}
