import type { OpenOptions, Opening } from "./backends";
import { cacheFolder } from "./cache-folder";
import { hasCudaDriver } from "./cuda-driver";
import { findInCache, findInProject, type TensorflowCandidate } from "./find-tensorflow";
import { loadTfjsNode } from "./load-tfjs-node";
import { proveTensorflow } from "./prove-tensorflow";

/** TensorFlow on a CUDA device, and on nothing less. */
export async function openTensorflowGpu(options: OpenOptions): Promise<Opening> {
  const candidates = await findCandidates(options, [true]);
  if (candidates.length === 0) {
    return {
      works: false,
      reason: "no TensorFlow with CUDA is installed",
      remedy: "`reformer backend install --gpu`",
    };
  }
  if (!hasCudaDriver()) {
    return {
      works: false,
      reason: "TensorFlow with CUDA is installed, but no CUDA driver is loaded",
      remedy: "an NVIDIA GPU and its driver",
    };
  }
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const outcome = await proveTensorflow(candidate.packageFolder);
    if (outcome.works && outcome.proof.usesGpu) return load(candidate);
    reasons.push(outcome.works ? "its library found no CUDA device that it can use" : outcome.reason);
  }
  return { works: false, reason: reasons.join("; "), remedy: "a driver that fits CUDA 12 (see nvidia-smi)" };
}

/** TensorFlow on the CPU; a library built for CUDA serves as well. */
export async function openTensorflowCpu(options: OpenOptions): Promise<Opening> {
  const candidates = await findCandidates(options, [false, true]);
  const reasons: string[] = [];
  for (const candidate of candidates) {
    // What the cache holds was proved when it was made; a project's own package may be in any state.
    if (candidate.origin === "cache") return load(candidate);
    const outcome = await proveTensorflow(candidate.packageFolder);
    if (outcome.works) return load(candidate);
    reasons.push(`${candidate.packageFolder}: ${outcome.reason}`);
  }
  return {
    works: false,
    reason: reasons.length > 0 ? reasons.join("; ") : "TensorFlow is not installed",
    remedy: "`reformer backend install`",
  };
}

async function findCandidates(
  { cacheDir = cacheFolder(), workingDirectory = process.cwd() }: OpenOptions,
  kinds: readonly boolean[],
): Promise<TensorflowCandidate[]> {
  const found: TensorflowCandidate[] = [];
  for (const gpu of kinds) {
    const inProject = await findInProject(workingDirectory, { gpu });
    const inCache = await findInCache(cacheDir, { gpu });
    found.push(...[inProject, inCache].filter((candidate) => candidate !== undefined));
  }
  return found;
}

function load({ packageFolder, home }: TensorflowCandidate): Opening {
  const module = loadTfjsNode(packageFolder);
  const { binding, isUsingGpuDevice } = module.backend();
  const versions = { tensorflow: binding.TF_Version, "tfjs-node": module.version["tfjs-node"]! };
  return {
    works: true,
    backend: {
      name: isUsingGpuDevice ? "tensorflow-gpu" : "tensorflow",
      tfjsName: "tensorflow",
      label: `TensorFlow ${versions.tensorflow} through tfjs-node ${versions["tfjs-node"]}`,
      device: isUsingGpuDevice ? "CUDA GPU" : "CPU",
      versions,
      tensorflow: { module, packageFolder, home },
    },
  };
}
