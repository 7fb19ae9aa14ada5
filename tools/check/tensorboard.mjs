/**
 * `pnpm check:tensorboard [python]`: lets TensorBoard's own reader read what the trainer writes. Without a Python that has it, one is
 * made in a temporary folder (a download of some 20 MB).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "reformer-tensorboard-"));
const python = process.argv[2] ?? install();
const { status } = run(
  "npx",
  ["vitest", "run", "--project", "plain", "apps/trainer/test/tensorboard.test.ts"],
  {
    REFORMER_PYTHON: python,
  },
);
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);

function install() {
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  run("python3", ["-m", "venv", folder]);
  // Later versions of setuptools lack pkg_resources, which TensorBoard imports.
  if (run(join(bin, "pip"), ["install", "-q", "tensorboard==2.21.0", "setuptools<81"]).status !== 0)
    process.exit(1);
  return join(bin, "python3");
}

function run(command, args, environment = {}) {
  return spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...environment } });
}
