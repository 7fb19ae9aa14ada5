/** Registration says what is in use, and may be repeated. */
import { getBackend, getKernel } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { explainKernels } from "../../src/index";
import { registerWasmKernels } from "../../src/kernels/wasm/index";

const { fused } = explainKernels();

test.skipIf(getBackend() !== "wasm" || fused.length === 0)(
  "may be repeated: what is there stays",
  async () => {
    const before = fused.map((name) => getKernel(name, "wasm"));
    const { names, why } = await registerWasmKernels();
    expect(fused.map((name) => getKernel(name, "wasm"))).toEqual(before);
    expect(names).toEqual(expect.arrayContaining(fused));
    expect(why).toMatch(/^15 WebAssembly kernels with (relaxed )?SIMD$/);
  },
);

test.skipIf(getBackend() !== "wasm" || fused.length === 0)("is explained", () => {
  // Memory is changed where it stands on TensorFlow and WebGPU alone; buckets are aligned on the host.
  expect(explainKernels()).toMatchObject({
    backend: "wasm",
    composed: [
      "ReformerAlignToBuckets",
      "ReformerAddFeedForward",
      "ReformerUndoFeedForward",
      "ReformerAddHeadsGrad",
      "ReformerAddMergedHeads",
      "ReformerAddAttention",
      "ReformerUndoAttention",
      "ReformerWriteRows",
    ],
  });
  expect(fused).toHaveLength(14);
});
