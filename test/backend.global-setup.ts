/**
 * TensorFlow is optional, and so is an adapter for WebGPU. Where one is missing, this says so once for the whole run;
 * `backend.setup.ts` then counts the tests of its project as skipped.
 */
import type { TestProject } from "vitest/node";

import { findWorking } from "../apps/trainer/src/backend/install-tensorflow";
import { proveWebgpu } from "../apps/trainer/src/backend/prove-webgpu";

export default async function announceMissingBackend({ config }: TestProject): Promise<void> {
  const name = config.env["REFORMER_TEST_BACKEND"];
  if (name === "webgpu") {
    const outcome = await proveWebgpu();
    if ("reason" in outcome)
      process.stderr.write(`SKIPPED: the tests on WebGPU, because ${outcome.reason}.\n`);
  }
  if (name !== "tensorflow") return;
  if ((await findWorking()) ?? (await findWorking({ gpu: true }))) return;
  process.stderr.write(
    "SKIPPED: the tests on TensorFlow, because none works here; `reformer backend install` brings one.\n",
  );
}
