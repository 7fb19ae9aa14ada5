/**
 * TensorFlow is optional. Where it is missing, this says so once for the whole run; `backend.setup.ts` then counts the
 * tests of its project as skipped.
 */
import type { TestProject } from "vitest/node";

import { findWorking } from "../apps/trainer/src/backend/install-tensorflow";

export default async function announceMissingBackend({ config }: TestProject): Promise<void> {
  if (config.env["REFORMER_TEST_BACKEND"] !== "tensorflow") return;
  if ((await findWorking()) ?? (await findWorking({ gpu: true }))) return;
  process.stderr.write(
    "SKIPPED: the tests on TensorFlow, because none works here; `reformer backend install` brings one.\n",
  );
}
