/** Chooses the build that this machine can run, and hands its kernels to tfjs. */
import { InputError } from "@reformer-ts/internal-checks";
import { findBackend, getKernel, registerKernel } from "@tensorflow/tfjs-core";
import { registerSlice } from "./slice";
import type { WasmBackend } from "./wasm-backend";
import { kernelConfig, type WasmKernel } from "./wasm-kernel";

/** From the fastest down; each the module in base64. */
export type Builds = Record<BuildName, string>;
export type BuildName = "relaxed" | "simd";

export interface RegisteredKernels {
  /** Undefined when no kernel could be registered. */
  build?: BuildName;
  names: readonly string[];
  /** One sentence: what is in use, or why nothing is. */
  why: string;
}

const labels: Record<BuildName, string> = { relaxed: "relaxed SIMD", simd: "SIMD" };

/**
 * Registers kernels for tfjs-backend-wasm. Kernels that are there already stay, so it may be called twice. Where
 * WebAssembly has no SIMD, or the backend runs threads over a shared memory, none is registered.
 *
 * @param build another than the fastest that this machine can run
 * @throws InputError when the backend has not been opened, or the machine cannot run the build asked for
 */
export async function registerBuild<Exports>(
  builds: Builds,
  // oxlint-disable-next-line typescript/no-explicit-any -- each kernel has attributes of its own
  kernels: readonly WasmKernel<Exports, any>[],
  { build: wanted }: { build?: BuildName } = {},
): Promise<RegisteredKernels> {
  const opened = findBackend("wasm") as unknown as WasmBackend | null;
  if (!opened) {
    throw new InputError({
      field: "registerWasmKernels",
      given: "called before the backend wasm was opened",
      allowed: 'called after `await tf.setBackend("wasm")`',
    });
  }
  const exported = opened.wasm.asm as { memory?: WebAssembly.Memory };
  if (exported.memory?.buffer.constructor.name !== "ArrayBuffer") {
    return {
      names: [],
      why: "tfjs-backend-wasm runs threads here, whose shared memory these kernels do not take",
    };
  }
  const chosen = await chooseBuild(builds, wanted);
  if (!chosen) return { names: [], why: "WebAssembly has no SIMD here" };

  const instances = new WeakMap<WasmBackend, Exports>();
  const moduleOf = (backend: WasmBackend) => {
    let exports = instances.get(backend);
    if (!exports) {
      const { memory } = backend.wasm.asm;
      exports = new WebAssembly.Instance(chosen.module, { env: { memory } }).exports as Exports;
      instances.set(backend, exports);
    }
    return exports;
  };
  registerSlice();
  for (const kernel of kernels) {
    if (!getKernel(kernel.name, "wasm")) registerKernel(kernelConfig(kernel, moduleOf));
  }
  return {
    build: chosen.build,
    names: kernels.map(({ name }) => name),
    why: `${kernels.length} WebAssembly kernels with ${labels[chosen.build]}`,
  };
}

async function chooseBuild(builds: Builds, wanted?: BuildName) {
  for (const build of wanted ? [wanted] : (["relaxed", "simd"] as const)) {
    const binary = Uint8Array.from(atob(builds[build]), (letter) => letter.charCodeAt(0));
    if (WebAssembly.validate(binary)) return { build, module: await WebAssembly.compile(binary) };
  }
  if (!wanted) return undefined;
  throw new InputError({
    field: "build",
    given: wanted,
    allowed: "one that this machine can run: it does not know the instructions",
  });
}
