import { defineConfig } from "vitest/config";

/**
 * Tests of code that runs on tensors are run once per backend; everything else once.
 * `REFORMER_TEST_BACKEND` tells `test/backend.setup.ts` which one a project wants.
 */
// tfjs-core registers no gradients by itself; this does, but is written for bundlers, so vite bundles it.
const optimizer = { ssr: { enabled: true, include: ["@tensorflow/tfjs-core/dist/register_all_gradients"] } };
const conditions = ["reformer-ts-source", "module", "node", "import", "default"];
const tensorTests = [
  "packages/{lsh,reversible,model}/{src,test}/**/*.test.ts",
  "internal/testkit/src/**/*.test.ts",
];

// The suite of kernels, and what stands on it: the rest runs on composed ops.
const kernelTests = [
  "packages/{lsh,model}/test/kernels/**/*.test.ts",
  "packages/lsh/test/against-reference.test.ts",
  "packages/model/test/golden.test.ts",
  "packages/model/test/train-step.test.ts",
];

// Node 20 hides relaxed SIMD behind a flag that later versions no longer know.
const hasRelaxedSimd = Number(process.versions.node.split(".")[0]) >= 22;
const relaxedSimd = hasRelaxedSimd ? [] : ["--experimental-wasm-relaxed-simd"];

/** The WebAssembly kernels, in one of their builds. */
function withWasmKernels(build: "simd" | "relaxed") {
  const { test, ...rest } = onBackend("wasm");
  const env = { ...test.env, REFORMER_TEST_WASM_BUILD: build };
  const execArgv = build === "relaxed" ? relaxedSimd : [];
  return { ...rest, test: { ...test, name: `wasm-${build}`, include: kernelTests, env, execArgv } };
}

/** WebGPU is imitated by the CPU in most tests, which is slow, and is read asynchronously: it has tests of its own. */
const webgpuTests = ["packages/{lsh,model}/test/kernels/**/*.test.ts", "test/*.webgpu.ts"];

/** Every program is compiled first, which on an imitated GPU takes longer than a hundred cases. */
function kernelRuns(name: string): Record<string, string> {
  return name === "webgpu" && !("REFORMER_KERNEL_RUNS" in process.env) ? { REFORMER_KERNEL_RUNS: "5" } : {};
}

function onBackend(name: string, include = tensorTests) {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      deps: { optimizer },
      globalSetup: ["test/backend.global-setup.ts"],
      setupFiles: ["test/properties.setup.ts", "test/backend.setup.ts"],
      env: { REFORMER_TEST_BACKEND: name, TF_CPP_MIN_LOG_LEVEL: "3", ...kernelRuns(name) },
      testTimeout:
        "REFORMER_PROPERTY_RUNS" in process.env ? 3_600_000 : name === "webgpu" ? 600_000 : 120_000,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: "plain",
          setupFiles: ["test/properties.setup.ts"],
          include: [
            "packages/data/{src,test}/**/*.test.ts",
            "apps/*/{src,test}/**/*.test.ts",
            "internal/{checks,random}/src/**/*.test.ts",
            "test/**/*.test.ts",
          ],
          testTimeout: 120_000,
        },
      },
      onBackend("wasm"),
      withWasmKernels("simd"),
      withWasmKernels("relaxed"),
      onBackend("tensorflow"),
      onBackend("webgpu", webgpuTests),
    ],
  },
});
