import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { bindingFolder, TFJS_NODE_VERSION, tfjsNodeIn } from "./node-package";
import { exists } from "./stage";
import { TENSORFLOW_VERSION } from "./wheels";

/** A tfjs-node package on this machine, not yet proved to work. */
export interface TensorflowCandidate {
  packageFolder: string;
  /** `project`: found from the working directory or beside the trainer; `cache`: made by `reformer backend install`. */
  origin: "project" | "cache";
  /** Whether its library was built for CUDA. */
  gpu: boolean;
  /** Folder with TensorFlow's libraries and `include`; unknown for a project's own package. */
  home?: string;
}

/** What one installation in the cache consists of. */
export interface InstallationPlaces {
  folder: string;
  /** Wheels between download and unpacking. */
  wheels: string;
  /** `tensorflow` and, with CUDA, `nvidia/*` beside it. */
  libraries: string;
  /** The npm packages, among them tfjs-node with its binding. */
  node: string;
  /** Written last: what the proof said. */
  ready: string;
}

/** Versions and platform are the key of an installation, so another version never disturbs it. */
export function installationPlaces(cacheDir: string, { gpu }: { gpu: boolean }): InstallationPlaces {
  const platform = `${process.platform}-${process.arch}${gpu ? "-gpu" : ""}`;
  const folder = join(cacheDir, `tensorflow-${TENSORFLOW_VERSION}-tfjs-${TFJS_NODE_VERSION}-${platform}`);
  return {
    folder,
    wheels: join(folder, "wheels"),
    libraries: join(folder, "libraries"),
    node: join(folder, "node"),
    ready: join(folder, "ready.json"),
  };
}

export function candidateAt(places: InstallationPlaces, { gpu }: { gpu: boolean }): TensorflowCandidate {
  const home = join(places.libraries, "tensorflow");
  return { packageFolder: tfjsNodeIn(places.node), origin: "cache", gpu, home };
}

/** The finished installation in the cache, if there is one. */
export async function findInCache(
  cacheDir: string,
  { gpu }: { gpu: boolean },
): Promise<TensorflowCandidate | undefined> {
  const places = installationPlaces(cacheDir, { gpu });
  return (await exists(places.ready)) ? candidateAt(places, { gpu }) : undefined;
}

/**
 * tfjs-node or tfjs-node-gpu as the user's project, or whoever installed the trainer, would load it. One whose
 * binding was never built is passed over: npm refuses to run install scripts in many set-ups.
 */
export async function findInProject(
  workingDirectory: string,
  { gpu }: { gpu: boolean },
): Promise<TensorflowCandidate | undefined> {
  const name = gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  for (const from of [join(workingDirectory, "package.json"), fileURLToPath(import.meta.url)]) {
    const packageFolder = resolvePackage(name, from);
    if (packageFolder === undefined) continue;
    const isBuilt = await exists(join(bindingFolder(packageFolder), "tfjs_binding.node"));
    if (isBuilt && (await hasKnownVersion(packageFolder))) return { packageFolder, origin: "project", gpu };
  }
  return undefined;
}

/** Copies of tfjs-core meet on one global engine, whose shape is that of version 4. */
async function hasKnownVersion(packageFolder: string): Promise<boolean> {
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  return (manifest as { version: string }).version.startsWith("4.");
}

function resolvePackage(name: string, from: string): string | undefined {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
