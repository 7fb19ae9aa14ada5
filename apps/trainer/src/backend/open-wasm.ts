import { createRequire } from "node:module";
import { dirname } from "node:path";

import { registerMissingKernels } from "@reformer-ts/model";
import * as tf from "@tensorflow/tfjs-core";

import type { Opening } from "./backends";

/**
 * Makes tfjs-backend-wasm, whose binaries lie inside its package, the running backend.
 *
 * Its loader subscribes to uncaught errors of the whole process and throws them again from there, which hides
 * where they came from; those subscriptions are taken back.
 */
export async function openWasm(): Promise<Opening> {
  const { setWasmPaths, version_wasm: version } = await import("@tensorflow/tfjs-backend-wasm");
  const binary = createRequire(import.meta.url).resolve(
    "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  );
  setWasmPaths(`${dirname(binary)}/`);
  const started = await withoutNewListeners(["uncaughtException", "unhandledRejection"], () =>
    tf.setBackend("wasm"),
  );
  if (!started) {
    return { works: false, reason: "tfjs-backend-wasm did not start", remedy: "a Node with WebAssembly" };
  }
  registerMissingKernels();
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return {
    works: true,
    backend: {
      name: "wasm",
      tfjsName: "wasm",
      label: `WebAssembly through tfjs-backend-wasm ${version}${simd ? " (SIMD)" : ""}`,
      device: "CPU, one thread",
      versions: { "tfjs-backend-wasm": version },
    },
  };
}

async function withoutNewListeners<T>(events: readonly string[], work: () => Promise<T>): Promise<T> {
  const before = new Map(events.map((event) => [event, new Set(process.rawListeners(event))]));
  const result = await work();
  for (const [event, known] of before) {
    for (const listener of process.rawListeners(event)) {
      if (!known.has(listener)) process.removeListener(event, listener as (...values: unknown[]) => void);
    }
  }
  return result;
}
