/** WebAssembly in Node, with the kernels that most visitors' browsers run: what the build prepares the chapters with. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { registerMissingKernels } from "@reformer-ts/model";
import { registerWasmKernels } from "@reformer-ts/model/kernels/wasm";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

export async function openWasm(): Promise<void> {
  const binary = createRequire(import.meta.url).resolve(
    "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  );
  setWasmPaths(`${dirname(binary)}/`);
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs-backend-wasm did not start");
  registerMissingKernels();
  await registerWasmKernels();
}
