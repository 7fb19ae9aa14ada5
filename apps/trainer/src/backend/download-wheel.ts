import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { InputError } from "@reformer-ts/internal-checks";

import { lastComplaint, runCommand } from "./run-command";
import { exists, stage } from "./stage";
import { WHEEL_PYTHON, type Wheel } from "./wheels";

const ATTEMPTS = 3;

export interface DownloadOptions {
  /** Where the wheel is kept until it is unpacked. */
  folder: string;
  platforms: readonly string[];
  python: string;
}

/**
 * Brings one wheel through the user's pip, whose mirror, proxy and certificate settings so hold, and compares its
 * sha256 with the table before anything uses it.
 *
 * @returns the path of the wheel
 * @throws InputError when pip cannot get it, or when its bytes are not those of the table
 */
export async function downloadWheel(wheel: Wheel, options: DownloadOptions): Promise<string> {
  const arrived = join(options.folder, `${wheel.file}.d`);
  await mkdir(options.folder, { recursive: true });
  await stage(arrived, async (temporary) => {
    await mkdir(temporary);
    await runPip(wheel, { ...options, folder: temporary });
    const path = join(temporary, wheel.file);
    const sha256 = (await exists(path)) ? await sha256Of(path) : "that of another file";
    if (sha256 !== wheel.sha256) {
      throw new InputError({
        field: `the sha256 of ${wheel.file}, as pip brought it,`,
        given: sha256,
        allowed: `${wheel.sha256}; nothing of it was kept (is a mirror of PyPI in the way?)`,
      });
    }
  });
  return join(arrived, wheel.file);
}

async function runPip(wheel: Wheel, { folder, platforms, python }: DownloadOptions): Promise<void> {
  const parameters = ["-m", "pip", "download", wheel.requirement, "--dest", folder];
  parameters.push("--no-deps", "--only-binary", ":all:", "--implementation", "cp");
  parameters.push("--python-version", WHEEL_PYTHON.version);
  for (const abi of WHEEL_PYTHON.abis) parameters.push("--abi", abi);
  for (const platform of platforms) parameters.push("--platform", platform);
  // pip's own cache would keep a second copy of a file that is deleted once it is unpacked.
  parameters.push("--no-cache-dir", "--retries", "5", "--progress-bar", "off");
  // pip assembles a download in the temporary folder, which on many machines is too small for it.
  const environment = { ...process.env, TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  for (let attempt = 1; ; attempt++) {
    const outcome = await runCommand(python, parameters, { environment });
    if (outcome.code === 0) return;
    if (/No space left/i.test(outcome.stderr)) {
      throw Object.assign(new Error(lastComplaint(outcome)), { code: "ENOSPC" });
    }
    if (/No matching distribution/i.test(outcome.stderr) || attempt === ATTEMPTS) {
      throw new InputError({
        field: `the download of ${wheel.requirement} by pip`,
        given: `refused: ${lastComplaint(outcome)}`,
        allowed:
          "possible from PyPI, or from the mirror and proxy that pip is set up for; until then training runs on the WASM backend",
      });
    }
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
