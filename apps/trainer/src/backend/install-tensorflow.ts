import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { cacheFolder } from "./cache-folder";
import { compileBinding } from "./compile-binding";
import { downloadWheel } from "./download-wheel";
import { findInCache, findInProject, installationFolder, type TensorflowCandidate } from "./find-tensorflow";
import { withInstallLock } from "./install-lock";
import { installNodePackage, tfjsNodeIn } from "./node-package";
import { proveTensorflow, type TensorflowProof } from "./prove-tensorflow";
import { exists, stage, sweepPartials } from "./stage";
import { findTools, type Tools } from "./tools";
import { isNeededOfTensorflow, unpackWheel } from "./unpack-wheel";
import { TENSORFLOW_VERSION, wheelSet, type WheelSet } from "./versions";

export interface InstallOptions {
  /** Take the libraries built for CUDA. */
  gpu?: boolean;
  log?: (line: string) => void;
  cacheDir?: string;
  workingDirectory?: string;
}

export interface TensorflowInstallation extends TensorflowCandidate {
  proof: TensorflowProof;
}

/**
 * Finds a TensorFlow that works, or builds one into the user's cache.
 *
 * @throws InputError when something is missing that the user can mend, or the platform has no such library
 */
export async function installTensorflow({
  gpu = false,
  log = () => undefined,
  cacheDir = cacheFolder(),
  workingDirectory = process.cwd(),
}: InstallOptions = {}): Promise<TensorflowInstallation> {
  for (const find of [() => findInProject(workingDirectory, { gpu }), () => findInCache(cacheDir, { gpu })]) {
    const candidate = await find();
    const proved = candidate && (await proveCandidate(candidate, log));
    if (proved) return proved;
  }
  const platform = `${process.platform}-${process.arch}`;
  const wheels = wheelSet(platform, { gpu });
  if (wheels === undefined || !usesGlibc()) {
    throw new InputError({
      field: `this platform (${platform}${usesGlibc() ? "" : ", no glibc"})`,
      given: `without a TensorFlow ${TENSORFLOW_VERSION} library that tfjs-node could load`,
      allowed:
        "linux-x64 or linux-arm64 with glibc, or one where `npm install @tensorflow/tfjs-node` in your project works (it is then used); until then training runs on the WASM backend",
    });
  }
  const tools = await findTools();
  const folder = installationFolder(cacheDir, { gpu });
  return withInstallLock(folder, () => build(folder, { gpu, wheels, tools, log }), {
    onWait: () => log("Another install is at work in the same cache; waiting for it."),
  });
}

async function build(
  folder: string,
  { gpu, wheels, tools, log }: { gpu: boolean; wheels: WheelSet; tools: Tools; log: (line: string) => void },
): Promise<TensorflowInstallation> {
  await sweepPartials(folder);
  const librariesFolder = join(folder, "libraries");
  const tensorflowFolder = join(librariesFolder, "tensorflow");
  const nodeFolder = join(folder, "node");
  const wheelFolder = join(folder, "wheels");
  await stage(librariesFolder, async (temporary) => {
    const megabytes = wheels.wheels.reduce((sum, wheel) => sum + wheel.megabytes, 0);
    log(
      `TensorFlow ${TENSORFLOW_VERSION}: downloading ${megabytes} MB by pip; it will take about ${wheels.installedMegabytes} MB in ${folder}.`,
    );
    await sweepPartials(wheelFolder);
    for (const wheel of wheels.wheels) {
      const path = await downloadWheel(wheel, {
        folder: wheelFolder,
        platform: wheels.platform,
        python: tools.python,
      });
      log(`Unpacking ${wheel.file}.`);
      await unpackWheel(path, temporary, isNeededOfTensorflow);
    }
  });
  await rm(wheelFolder, { recursive: true, force: true });
  log("Installing @tensorflow/tfjs-node by npm.");
  await installNodePackage(nodeFolder, tools);
  log(`Compiling its binding with ${tools.compiler}.`);
  await compileBinding({ nodeFolder, tensorflowFolder, compiler: tools.compiler });
  const candidate: TensorflowCandidate = {
    packageFolder: tfjsNodeIn(nodeFolder),
    origin: "cache",
    gpu,
    home: tensorflowFolder,
  };
  const proved = await proveCandidate(candidate, log);
  if (proved === undefined) throw new Error("The TensorFlow that was just built does not work.");
  await stage(join(folder, "ready.json"), (temporary) => writeFile(temporary, JSON.stringify(proved.proof)));
  return proved;
}

async function proveCandidate(
  candidate: TensorflowCandidate,
  log: (line: string) => void,
): Promise<TensorflowInstallation | undefined> {
  const outcome = await proveTensorflow(candidate.packageFolder);
  if (outcome.works) {
    log(`TensorFlow ${outcome.proof.tensorflow} works (${candidate.packageFolder}).`);
    return { ...candidate, proof: outcome.proof };
  }
  log(`${candidate.packageFolder} does not work here: ${outcome.reason}.`);
  return undefined;
}

/** PyPI's wheels are built against glibc; Alpine's musl cannot load them. */
function usesGlibc(): boolean {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return process.platform !== "linux" || report.header.glibcVersionRuntime !== undefined;
}
