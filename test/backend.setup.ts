/**
 * Opens the backend that a vitest project is about, by the trainer's own door. Without TensorFlow the tests of its
 * project are skipped, which `backend.global-setup.ts` has said aloud by then.
 */
import { configureGlobal } from "fast-check";
import { beforeEach } from "vitest";

import { openBackend } from "../apps/trainer/src/backend/open-backend";
import { isInputError } from "../internal/checks/src/index";

// How many examples a property is tried on, unless its test says so itself; `pnpm check:properties` asks for more.
configureGlobal({ numRuns: Number(process.env["REFORMER_PROPERTY_RUNS"] ?? 100) });

const name = process.env["REFORMER_TEST_BACKEND"];

try {
  await openBackend(name);
} catch (error) {
  if (!(isInputError(error) && name === "tensorflow")) throw error;
  beforeEach((context) => context.skip());
}
