import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["reformer-ts-source", "module", "node", "import", "default"];

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["check/**/*.check.ts"],
    // One browser at a time: figures measured on the page should not be of a crowded machine.
    fileParallelism: false,
    // As patient as `visit.ts`.
    testTimeout: 1_000_000,
    hookTimeout: 1_000_000,
    expect: { poll: { timeout: 900_000 } },
  },
});
