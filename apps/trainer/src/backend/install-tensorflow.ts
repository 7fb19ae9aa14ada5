import { dirname } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { compileKernels } from "../kernels/compile-kernels";
import { buildInstallation } from "./build-installation";
import { cacheFolder } from "./cache-folder";
import { hasCudaDriver } from "./cuda-driver";
import { explainFileError } from "./explain-file-error";
import {
  candidateAt,
  findInCache,
  findInProject,
  installationPlaces,
  type TensorflowCandidate,
} from "./find-tensorflow";
import { withInstallLock } from "./install-lock";
import { proveCudaLibraries } from "./prove-cuda-libraries";
import { proveTensorflow, type TensorflowProof } from "./prove-tensorflow";
import { findTools } from "./tools";
import { neededMegabytes, TENSORFLOW_VERSION, wheelSet, type WheelSet } from "./wheels";

export interface InstallOptions {
  /** Take the libraries built for CUDA. */
  gpu?: boolean;
  log?: (line: string) => void;
  cacheDir?: string;
  workingDirectory?: string;
  /** What to fetch; by default what the table has for this platform. */
  wheels?: WheelSet;
}

export interface TensorflowInstallation extends TensorflowCandidate {
  proof: TensorflowProof;
}

/**
 * Finds a TensorFlow that works, or builds one into the user's cache, where the next clone finds it at once.
 *
 * @throws InputError when something is missing that the user can mend, or the platform has no such library
 */
export async function installTensorflow({
  gpu = false,
  log = () => undefined,
  cacheDir = cacheFolder(),
  workingDirectory = process.cwd(),
  wheels = wheelSet(`${process.platform}-${process.arch}`, { gpu }),
}: InstallOptions = {}): Promise<TensorflowInstallation> {
  const installation =
    (await findWorking({ gpu, cacheDir, workingDirectory, log })) ??
    (await build({ gpu, cacheDir, wheels, log }));
  const { proof, packageFolder, home } = installation;
  log(`TensorFlow ${proof.tensorflow} works on the ${proof.usesGpu ? "GPU" : "CPU"} (${packageFolder}).`);
  if (gpu && home !== undefined) {
    log(`Its ${await proveCudaLibraries(dirname(home))} CUDA libraries load.`);
  }
  if (gpu && !proof.usesGpu) {
    log(
      hasCudaDriver()
        ? "It was built for CUDA but found no GPU that it can use, so it computes on the CPU (nvidia-smi tells more)."
        : "It was built for CUDA but no CUDA driver is loaded, so it computes on the CPU until there is one.",
    );
  }
  await prepareKernels(installation, { log });
  return installation;
}

/** Without native kernels everything runs, only slower, so it is no failure when they cannot be compiled. */
async function prepareKernels(
  { home, packageFolder }: TensorflowInstallation,
  { log }: { log: (line: string) => void },
): Promise<void> {
  if (home === undefined) return;
  await compileKernels({ home, packageFolder }, { log }).catch((error: Error) =>
    log(`Native kernels are left out: ${error.message}.`),
  );
}

/** The first TensorFlow of project and cache that multiplies two matrices; why others do not is logged. */
export async function findWorking({
  gpu = false,
  log = () => undefined,
  cacheDir = cacheFolder(),
  workingDirectory = process.cwd(),
}: Omit<InstallOptions, "wheels"> = {}): Promise<TensorflowInstallation | undefined> {
  for (const find of [() => findInProject(workingDirectory, { gpu }), () => findInCache(cacheDir, { gpu })]) {
    const candidate = await find();
    const outcome = candidate && (await proveTensorflow(candidate.packageFolder));
    if (outcome?.works) return { ...candidate!, proof: outcome.proof };
    if (outcome) log(`${candidate!.packageFolder} does not work here: ${outcome.reason}.`);
  }
  return undefined;
}

async function build({
  gpu,
  cacheDir,
  wheels,
  log,
}: {
  gpu: boolean;
  cacheDir: string;
  wheels: WheelSet | undefined;
  log: (line: string) => void;
}): Promise<TensorflowInstallation> {
  if (wheels === undefined || !hasGlibc()) throw unsupported({ gpu });
  const tools = await findTools();
  if (gpu && !hasCudaDriver())
    log("No CUDA driver is loaded here; the CUDA libraries are fetched all the same.");
  const places = installationPlaces(cacheDir, { gpu });
  const onWait = () => log("Another install is at work in this cache; waiting for it.");
  try {
    const proof = await withInstallLock(
      places.folder,
      () => buildInstallation(places, { wheelSet: wheels, tools, log }),
      { onWait },
    );
    return { ...candidateAt(places, { gpu }), proof };
  } catch (error) {
    throw explainFileError(error, places.folder, neededMegabytes(wheels));
  }
}

function unsupported({ gpu }: { gpu: boolean }): InputError {
  const ownPackage = gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  return new InputError({
    field: "this platform",
    given: `${process.platform}-${process.arch}${hasGlibc() ? "" : " without glibc"}`,
    allowed: `${gpu ? "linux-x64" : "linux-x64 or linux-arm64"} with glibc to get TensorFlow ${TENSORFLOW_VERSION} this way; elsewhere \`npm install ${ownPackage}\` in your project may work and is then used, and until then training runs on the WASM backend`,
  });
}

/** PyPI's wheels are built against glibc; Alpine's musl cannot load them. */
function hasGlibc(): boolean {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return process.platform !== "linux" || report.header.glibcVersionRuntime !== undefined;
}
