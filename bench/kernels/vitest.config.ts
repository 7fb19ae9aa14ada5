import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * `npx vitest run --config bench/kernels/vitest.config.ts targets`: what fused WebAssembly kernels gain, on one thread.
 * Node 20 has relaxed SIMD behind a flag, which is set here. `dispatches.mjs` runs the other measurement.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const conditions = ["reformer-ts-source", "module", "node", "import", "default"];
const hasRelaxedSimd = Number(process.versions.node.split(".")[0]) >= 22;

export default defineConfig({
  resolve: {
    conditions,
    alias: [
      {
        find: /^@reformer-ts\/(lsh|model)\/kernels\/(wasm|webgpu)$/,
        replacement: `${root}packages/$1/src/kernels/$2/index.ts`,
      },
      { find: /^@reformer-ts\/(lsh|model)$/, replacement: `${root}packages/$1/src/index.ts` },
    ],
  },
  ssr: { resolve: { conditions } },
  test: {
    root,
    include: ["bench/kernels/*.measure.ts"],
    execArgv: hasRelaxedSimd ? [] : ["--experimental-wasm-relaxed-simd"],
    fileParallelism: false,
    testTimeout: 3_600_000,
  },
});
