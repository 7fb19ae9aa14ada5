/**
 * Training on WebGPU in Node: on a graphics card, or where there is none on Chromium's imitation of one. That takes two
 * minutes, most of them for compiling programs, so `pnpm check:kernels` runs it and `pnpm test` does not.
 */
import "@reformer-ts/internal-testkit";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveWebgpu } from "../src/backend/prove-webgpu";
import { isStep, readMetrics } from "../src/run/metrics";
import { bundleCommand, start, temporaryFolder } from "./run-reformer";

const outcome = await proveWebgpu();
const missing = "reason" in outcome ? outcome.reason : undefined;
const isAsked = "REFORMER_KERNEL_RUNS" in process.env;
if (missing) process.stderr.write(`SKIPPED: training on WebGPU is not tested, because ${missing}.\n`);

/** Milliseconds: on an imitated device most of them go into compiling programs. */
const timeout = 600_000;

test.skipIf(missing || !isAsked)(
  "the debug preset trains two steps, as it does on WebAssembly",
  { timeout },
  async () => {
    const folder = temporaryFolder();
    const bundle = await bundleCommand();
    const losses = async (backend: string) => {
      const run = join(folder, backend);
      const flags = `--config debug --backend ${backend} --steps 2 --sample-every 0 --evaluate-tokens 256 --run ${run}`;
      const { code, err } = await start(bundle, ["train", ...flags.split(" ")]).ended;
      expect(code, err).toBe(0);
      return readMetrics(run)
        .filter(isStep)
        .map((line) => line["train/loss"] as number);
    };
    const [webgpu, wasm] = [await losses("webgpu"), await losses("wasm")];
    expect(webgpu).toHaveLength(2);
    expect(webgpu).toBeAllClose(wasm, { absolute: 1e-4 });
  },
);
