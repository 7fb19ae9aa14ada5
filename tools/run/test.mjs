/** Lint, types and all tests; the last line counts them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "./prepare.mjs";
import { pnpm, step } from "./process.mjs";

export async function test(vitestArguments) {
  if ((await prepare()) === null) return finish({ failed: 1 });
  const lint = await step("lint", () => pnpm("run", "lint"));
  const types = await step("types", () => pnpm("run", "types"));
  const folder = mkdtempSync(join(tmpdir(), "reformer-ts-test-"));
  const report = join(folder, "report.json");
  try {
    const passed = await step("tests", () =>
      pnpm(
        "exec",
        "vitest",
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
        ...vitestArguments,
      ),
    );
    const counts = count(report);
    // A gate that fails, or a runner that breaks without a failing test, counts as a failure of its own.
    const gates = [lint, types, passed || counts.failed > 0].filter((gate) => !gate).length;
    return finish({ ...counts, failed: counts.failed + gates });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(report) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function finish({ passed = 0, failed = 0, skipped = 0 }) {
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
