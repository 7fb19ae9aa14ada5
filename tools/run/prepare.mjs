import { join } from "node:path";
import { pnpm, root, run, step } from "./process.mjs";

export const reformer = join(root, "apps/trainer/bin/reformer.mjs");

/**
 * Installs, builds, and prepares the best backend there can be. Where TensorFlow cannot be had, all goes on with WASM.
 *
 * @param wanted command-line words; TensorFlow is not brought when they ask for another backend
 */
export async function prepare({ wanted = [] } = {}) {
  const built =
    (await step("install", () => pnpm("install", "--frozen-lockfile"))) &&
    (await step("build", () => pnpm("run", "build")));
  if (!built) return false;
  const backend = wanted[wanted.indexOf("--backend") + 1];
  const native = !wanted.includes("--backend") || backend.startsWith("tensorflow") || backend === "auto";
  if (native) {
    const ready = await step("prepare TensorFlow", () =>
      run(process.execPath, [reformer, "backend", "install"]),
    );
    if (!ready) console.error("── going on without TensorFlow: WASM computes instead");
  }
  return true;
}
