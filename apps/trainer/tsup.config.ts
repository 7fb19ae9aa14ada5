import { defineConfig } from "tsup";

/** One file for the command; everything that npm installs stays outside of it. */
export default defineConfig({
  entry: {
    cli: "src/cli.ts",
    probe: "src/backend/probe.ts",
    "bench-step": "src/bench/step-process.ts",
    "bench-decode": "src/bench/decode-process.ts",
    "bench-agreement": "src/bench/agreement-process.ts",
  },
  format: "esm",
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
  // tsup leaves dependencies outside by itself, but not optional ones.
  external: ["webgpu", "koffi"],
  noExternal: [/^@reformer-ts\/internal-/],
});
