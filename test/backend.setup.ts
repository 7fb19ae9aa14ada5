/**
 * Opens the backend that a vitest project is about, by the trainer's own door. Without TensorFlow the tests of its
 * project are skipped, as are those on WebGPU without an adapter; `backend.global-setup.ts` has said so aloud by then.
 */
import { beforeEach } from "vitest";

import { type BuildName, registerWasmKernels } from "../packages/model/src/kernels/wasm/index";
import { openBackend } from "../apps/trainer/src/backend/open-backend";
import { isInputError } from "../internal/checks/src/index";

const name = process.env["REFORMER_TEST_BACKEND"];
const build = process.env["REFORMER_TEST_WASM_BUILD"] as BuildName | undefined;

try {
  // Composed ops are tested on WebAssembly, fused kernels in projects of their own.
  await openBackend(name, { kernels: name === "wasm" ? "composed" : "fused" });
  if (build) await registerWasmKernels({ build });
} catch (error) {
  if (!isInputError(error) || name === "wasm") throw error;
  // What is collected and then skipped may make tensors.
  await openBackend("cpu");
  beforeEach((context) => context.skip());
}
