/** The fastest backend that this browser runs: WebGPU, else WASM, else plain JavaScript. */
import * as tf from "@tensorflow/tfjs-core";
import type { BackendName, BackendReport } from "./protocol";

interface Candidate {
  name: BackendName;
  label: () => string;
  /** @throws with the reason when it cannot run here */
  open: () => Promise<void>;
}

const candidates: Candidate[] = [
  { name: "webgpu", label: () => "WebGPU", open: openWebGPU },
  { name: "wasm", label: () => wasmLabel(), open: openWasm },
  { name: "cpu", label: () => "plain JavaScript", open: openCpu },
];

/**
 * @param failed what is known not to work, and why
 * @throws when `wanted` is named and cannot run, or when nothing can
 */
export async function openBackend(
  wanted: BackendName | "auto",
  failed: ReadonlyMap<BackendName, string> = new Map(),
): Promise<BackendReport> {
  const reasons: string[] = [];
  for (const { name, label, open } of candidates) {
    if (wanted !== "auto" && wanted !== name) continue;
    const failure = failed.get(name);
    if (failure !== undefined) {
      reasons.push(`${label()}: ${failure}`);
      continue;
    }
    try {
      await open();
      if (!(await tf.setBackend(name))) throw new Error(`${name} did not start`);
      if (name === "wasm") await registerKernels();
      await prove();
      return { name, label: label(), reasons };
    } catch (error) {
      reasons.push(`${label()}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(reasons.join("; "));
}

async function openWebGPU(): Promise<void> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  if (gpu === undefined) throw new Error("this browser has none, or the page is not served securely");
  if (!(await gpu.requestAdapter())) throw new Error("the browser offers no graphics adapter");
  const [{ registerWebgpuKernels }] = await Promise.all([
    import("@reformer-ts/model/kernels/webgpu"),
    import("@tensorflow/tfjs-backend-webgpu"),
  ]);
  registerWebgpuKernels();
}

async function openWasm(): Promise<void> {
  if (typeof WebAssembly === "undefined") throw new Error("this browser has no WebAssembly");
  const [{ setWasmPaths }, simd, plain] = await Promise.all([
    import("@tensorflow/tfjs-backend-wasm"),
    import("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url"),
    import("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url"),
  ]);
  // Threads cost more than they save on tensors as small as these, and many hosts cannot send the headers they need.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm-simd.wasm": absolute(simd.default),
    // A complete list is asked for, but with threads off this one is never fetched.
    "tfjs-backend-wasm-threaded-simd.wasm": absolute(simd.default),
    "tfjs-backend-wasm.wasm": absolute(plain.default),
  });
}

async function registerKernels(): Promise<void> {
  const { registerWasmKernels } = await import("@reformer-ts/model/kernels/wasm");
  await registerWasmKernels();
}

function absolute(path: string): string {
  return new URL(path, location.href).href;
}

function wasmLabel(): string {
  return tf.env().features["WASM_HAS_SIMD_SUPPORT"] === true ? "WebAssembly with SIMD" : "WebAssembly";
}

async function openCpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-cpu");
}

/** A backend that starts may still compute nonsense (drivers do): it has to get one product right. */
async function prove(): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])));
  const [value] = await product.data();
  product.dispose();
  if (value !== 31) throw new Error(`it computed 2·5 + 3·7 = ${value}`);
}
