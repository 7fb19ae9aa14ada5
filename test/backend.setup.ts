/**
 * Opens the backend that a vitest project is about, by the trainer's own door. TensorFlow is optional: where it is
 * not installed, its project says so once and counts its tests as skipped instead of failing.
 */
import { isInputError } from "../internal/checks/src/index";
import { beforeEach } from "vitest";

import { openBackend } from "../apps/trainer/src/backend/open-backend";

const name = process.env["REFORMER_TEST_BACKEND"];

try {
  await openBackend(name);
} catch (error) {
  if (!(isInputError(error) && name === "tensorflow")) throw error;
  process.stderr.write(`SKIPPED: tests on TensorFlow do not run, because ${error.message}\n`);
  beforeEach((context) => context.skip());
}
