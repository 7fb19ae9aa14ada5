/**
 * `node bench/kernels/dispatches.mjs`: dispatches and bytes moved of an LSH layer on WebGPU, fused beside composed, as the
 * table of docs/kernels-webgpu.md. Any adapter will do; `REFORMER_LAYER_LENGTH` is the number of tokens, by default 4,096.
 */
import { pnpm } from "../../tools/run/process.mjs";

const config = ["--config", "bench/kernels/vitest.config.ts", "--reporter", "dot"];
process.exitCode = await pnpm("exec", "vitest", "run", ...config, "dispatches");
