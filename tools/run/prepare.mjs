import { pnpm, root, run, step } from "./process.mjs";
import { join } from "node:path";

export const reformer = join(root, "apps/trainer/bin/reformer.mjs");

/** Installs, builds, and prepares the best backend there can be. Without TensorFlow everything goes on with WASM. */
export async function prepare() {
  const built =
    (await step("install", () => pnpm("install", "--frozen-lockfile"))) &&
    (await step("build", () => pnpm("run", "build")));
  if (!built) return false;
  if (process.env.REFORMER_BACKEND !== "wasm") {
    const native = await step("prepare the TensorFlow backend", () => run(process.execPath, [reformer, "backend", "install"]));
    if (!native) console.error("── going on without TensorFlow: WASM is the backend");
  }
  return true;
}
