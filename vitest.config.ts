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

function onBackend(name: string) {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: tensorTests,
      deps: { optimizer },
      globalSetup: ["test/backend.global-setup.ts"],
      setupFiles: ["test/backend.setup.ts"],
      env: { REFORMER_TEST_BACKEND: name, TF_CPP_MIN_LOG_LEVEL: "3" },
      testTimeout: "REFORMER_PROPERTY_RUNS" in process.env ? 3_600_000 : 120_000,
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
      onBackend("tensorflow"),
    ],
  },
});
