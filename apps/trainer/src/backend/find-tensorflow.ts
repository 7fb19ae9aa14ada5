import { createRequire } from "node:module";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { tfjsNodeIn } from "./node-package";
import { NODE_API_LEVEL, TENSORFLOW_VERSION, TFJS_NODE_VERSION } from "./versions";

/** A tfjs-node package on this machine, not yet proved to work. */
export interface TensorflowCandidate {
  packageFolder: string;
  /** `project`: found from the working directory or beside the trainer; `cache`: made by `reformer backend install`. */
  origin: "project" | "cache";
  /** Whether its library was built for CUDA. */
  gpu: boolean;
  /** Folder with `include` and the libraries, for those that this project installed. */
  home?: string;
}

/** The folder of one installation: versions and platform are its key, so another version never disturbs it. */
export function installationFolder(cacheDir: string, { gpu }: { gpu: boolean }): string {
  const platform = `${process.platform}-${process.arch}${gpu ? "-gpu" : ""}`;
  return join(cacheDir, `tensorflow-${TENSORFLOW_VERSION}-tfjs-${TFJS_NODE_VERSION}-${platform}`);
}

/** The finished installation in the cache, if there is one. */
export async function findInCache(
  cacheDir: string,
  { gpu }: { gpu: boolean },
): Promise<TensorflowCandidate | undefined> {
  const folder = installationFolder(cacheDir, { gpu });
  const packageFolder = tfjsNodeIn(join(folder, "node"));
  const ready = await stat(join(folder, "ready.json")).catch(() => undefined);
  return ready && { packageFolder, origin: "cache", gpu, home: join(folder, "libraries", "tensorflow") };
}

/**
 * tfjs-node and tfjs-node-gpu as the user's project, or whoever installed the trainer, would load them. Packages
 * whose binding was never built are left out: npm refuses to run install scripts in many set-ups.
 */
export async function findInProject(
  workingDirectory: string,
  { gpu }: { gpu: boolean },
): Promise<TensorflowCandidate | undefined> {
  const name = gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  for (const from of [join(workingDirectory, "package.json"), fileURLToPath(import.meta.url)]) {
    const packageFolder = resolvePackage(name, from);
    if (packageFolder === undefined) continue;
    const manifest = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as {
      version: string;
    };
    const binding = join(packageFolder, "lib", `napi-v${NODE_API_LEVEL}`, "tfjs_binding.node");
    const isBuilt = await stat(binding).catch(() => undefined);
    if (isBuilt && manifest.version.startsWith("4.")) return { packageFolder, origin: "project", gpu };
  }
  return undefined;
}

function resolvePackage(name: string, from: string): string | undefined {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
