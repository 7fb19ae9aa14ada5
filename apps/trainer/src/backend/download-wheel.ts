import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { InputError } from "@reformer-ts/internal-checks";

import { lastComplaint, runCommand } from "./run-command";
import { stage } from "./stage";
import { PYTHON_VERSION_OF_WHEELS, type Wheel } from "./versions";

const ATTEMPTS = 3;

/**
 * Brings one wheel into `folder` through the user's pip, whose mirror, proxy and certificate settings so hold,
 * and compares its sha256 with the table before anything uses it.
 *
 * pip's own cache is left out: it would keep a second copy of a file that is deleted once unpacked.
 *
 * @returns the path of the wheel
 * @throws InputError when pip cannot get it, or when its bytes are not those of the table
 */
export async function downloadWheel(
  wheel: Wheel,
  { folder, platform, python }: { folder: string; platform: string; python: string },
): Promise<string> {
  const arrived = join(folder, `${wheel.file}.d`);
  await mkdir(folder, { recursive: true });
  await stage(arrived, async (temporary) => {
    await mkdir(temporary);
    await runPip(wheel, { folder: temporary, platform, python });
    const sha256 = await sha256Of(join(temporary, wheel.file));
    if (sha256 !== wheel.sha256) {
      throw new InputError({
        field: `the sha256 of ${wheel.file}`,
        given: `${sha256}, so the download is damaged or not the published file`,
        allowed: `${wheel.sha256}; nothing of it was kept`,
      });
    }
  });
  return join(arrived, wheel.file);
}

async function runPip(
  wheel: Wheel,
  { folder, platform, python }: { folder: string; platform: string; python: string },
): Promise<void> {
  const parameters = [
    ...["-m", "pip", "download", wheel.requirement, "--dest", folder, "--no-deps", "--only-binary", ":all:"],
    ...[
      "--platform",
      platform,
      "--implementation",
      "cp",
      "--python-version",
      PYTHON_VERSION_OF_WHEELS.version,
    ],
    ...["--abi", PYTHON_VERSION_OF_WHEELS.abi, "--no-cache-dir", "--retries", "5", "--progress-bar", "off"],
  ];
  // pip assembles a download in the temporary folder, which on many machines is too small for it.
  const environment = { ...process.env, TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  for (let attempt = 1; ; attempt++) {
    const outcome = await runCommand(python, parameters, { environment });
    if (outcome.code === 0) return;
    const hopeless = /No matching distribution|No space left/i.test(outcome.stderr);
    if (hopeless || attempt === ATTEMPTS) {
      throw new InputError({
        field: `the download of ${wheel.requirement} by pip`,
        given: `refused (${lastComplaint(outcome)})`,
        allowed: "possible from PyPI or the mirror that pip is set up for",
      });
    }
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
