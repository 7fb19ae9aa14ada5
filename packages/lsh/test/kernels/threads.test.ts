/** tfjs' build with threads, which does not export its memory: nothing is registered, and why is said. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { registerWasmKernels } from "../../src/kernels/wasm/index";

it.skipIf(tf.getBackend() !== "wasm")("a memory that is not to be had is no error", async () => {
  const backend = tf.findBackend("wasm") as unknown as { wasm: object };
  const { wasm } = backend;
  backend.wasm = { asm: {} };
  try {
    expect(await registerWasmKernels()).toEqual({ names: [], why: expect.stringContaining("runs threads") });
  } finally {
    backend.wasm = wasm;
  }
});
