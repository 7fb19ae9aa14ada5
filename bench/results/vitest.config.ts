import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What `node bench/results/run.mjs` runs: the trainings behind docs/results.md. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const conditions = ["reformer-ts-source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root,
    include: ["bench/results/*.measure.ts"],
    setupFiles: ["test/backend.setup.ts"],
    env: { REFORMER_TEST_BACKEND: "tensorflow", TF_CPP_MIN_LOG_LEVEL: "3" },
    testTimeout: 86_400_000,
    disableConsoleIntercept: true,
  },
});
