import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * `npx vitest run --config bench/attention/vitest.config.ts`, on TensorFlow unless REFORMER_TEST_BACKEND says wasm.
 * REFORMER_LSH names the `packages/lsh/src/index.ts` of another checkout, to time an earlier rung of the ladder.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const conditions = ["reformer-ts-source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: {
    conditions,
    alias: { "@reformer-ts/lsh": process.env["REFORMER_LSH"] ?? `${root}packages/lsh/src/index.ts` },
  },
  ssr: { resolve: { conditions } },
  test: {
    root,
    include: ["bench/attention/*.measure.ts"],
    setupFiles: ["test/backend.setup.ts"],
    env: {
      REFORMER_TEST_BACKEND: process.env["REFORMER_TEST_BACKEND"] ?? "tensorflow",
      TF_CPP_MIN_LOG_LEVEL: "3",
    },
    testTimeout: 3_600_000,
  },
});
