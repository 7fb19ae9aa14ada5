import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { compileBinding } from "./compile-binding";
import { downloadWheel } from "./download-wheel";
import type { InstallationPlaces } from "./find-tensorflow";
import { bindingFolder, installNodePackage, tfjsNodeIn } from "./node-package";
import { proveTensorflow, type TensorflowProof } from "./prove-tensorflow";
import { exists, stage, sweepPartials } from "./stage";
import type { Tools } from "./tools";
import { unpackWheel } from "./unpack-wheel";
import { downloadMegabytes, neededMegabytes, type Wheel, type WheelSet } from "./wheels";

export interface BuildOptions {
  wheelSet: WheelSet;
  tools: Tools;
  log: (line: string) => void;
}

/**
 * Makes whatever an installation still lacks, then proves it. One that is complete and yet does not work is made again:
 * first what is cheap to make, then all of it.
 *
 * @throws InputError when the disk is full, a download fails, or the result does not work
 */
export async function buildInstallation(
  places: InstallationPlaces,
  options: BuildOptions,
): Promise<TensorflowProof> {
  let reason = "";
  for (const suspects of [[], [places.node], [places.node, places.libraries]]) {
    await Promise.all(suspects.map((path) => rm(path, { recursive: true, force: true })));
    if (suspects.length > 0) options.log(`What was built does not work (${reason}); building it again.`);
    await makeMissingStages(places, options);
    const outcome = await proveTensorflow(tfjsNodeIn(places.node));
    if (outcome.works) {
      await stage(places.ready, (temporary) => writeFile(temporary, JSON.stringify(outcome.proof)));
      return outcome.proof;
    }
    reason = outcome.reason;
  }
  throw new InputError({
    field: "the TensorFlow that was built",
    given: `not able to multiply two matrices: ${reason}`,
    allowed: "able to; until then training runs on the WASM backend",
  });
}

async function makeMissingStages(
  places: InstallationPlaces,
  { wheelSet, tools, log }: BuildOptions,
): Promise<void> {
  const { wheels, libraries, node } = places;
  const partials = [places.folder, wheels, libraries, join(libraries, "nvidia")];
  await sweepPartials([...partials, bindingFolder(tfjsNodeIn(node))]);
  const missing: Wheel[] = [];
  for (const wheel of wheelSet.wheels) {
    if (!(await exists(join(libraries, wheel.provides)))) missing.push(wheel);
  }
  if (missing.length > 0) await announceDownload(places, missing, wheelSet, log);
  for (const wheel of missing) {
    log(`Fetching ${wheel.requirement} (${wheel.megabytes} MB).`);
    const options = { folder: wheels, platforms: wheelSet.platforms, python: tools.python };
    const path = await downloadWheel(wheel, options);
    const target = join(libraries, wheel.provides);
    await mkdir(dirname(target), { recursive: true });
    await stage(target, (temporary) => unpackWheel(path, wheel, temporary));
    await rm(dirname(path), { recursive: true, force: true });
  }
  await rm(wheels, { recursive: true, force: true });
  if (!(await exists(node))) log("Fetching @tensorflow/tfjs-node through npm.");
  await installNodePackage(node, tools);
  log(`Compiling its binding with ${tools.compiler}.`);
  await compileBinding({
    nodeFolder: node,
    tensorflowFolder: join(libraries, "tensorflow"),
    compiler: tools.compiler,
  });
}

/** Says how much is coming, and refuses at once where it cannot fit. */
async function announceDownload(
  { folder }: InstallationPlaces,
  missing: readonly Wheel[],
  wheelSet: WheelSet,
  log: (line: string) => void,
): Promise<void> {
  log(
    `TensorFlow comes from PyPI through your pip: ${downloadMegabytes(missing)} MB to download, about ${wheelSet.installedMegabytes} MB on disk in ${folder}.`,
  );
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededMegabytes(wheelSet, missing) * 1e6) {
    throw Object.assign(new Error("not enough room"), { code: "ENOSPC" });
  }
}
