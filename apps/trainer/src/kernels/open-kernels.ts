/**
 * Fused kernels for TensorFlow on the CPU. They are a gain in speed and nothing else: without them the same contracts
 * are met by composed ops, so everything that can go wrong here ends in a sentence, not in an error.
 */
import { kernelNames } from "@reformer-ts/lsh";
import { modelKernelNames } from "@reformer-ts/model";
import { registerWebgpuKernels } from "@reformer-ts/model/kernels/webgpu";
import { getKernel, registerKernel } from "@tensorflow/tfjs-core";

import { compileKernels, type TensorflowPlaces } from "./compile-kernels";
import { chunkAttentionGradOp, chunkAttentionOp, normalizeKeysGradOp, normalizeKeysOp } from "./lsh-ops";
import {
  adamOp,
  addAttentionOp,
  addFeedForwardOp,
  addHeadsGradOp,
  addMergedHeadsOp,
  feedForwardGradOp,
  feedForwardOp,
  headsGradOp,
  headsOp,
  mergeHeadsGradOp,
  mergeHeadsOp,
  tokenHeadOp,
  undoAttentionOp,
  undoFeedForwardOp,
  writeRowsOp,
} from "./model-ops";
import { kernelOf } from "./native-op";

export const KERNEL_CHOICES = ["fused", "composed"] as const;

/** `fused`: native kernels wherever there are some; `composed`: plain ops of tfjs alone. */
export type KernelChoice = (typeof KERNEL_CHOICES)[number];

export interface OpenedKernels {
  kind: KernelChoice;
  /** Contracts that the native library meets; all others are composed. */
  names: readonly string[];
  /** One sentence: what is in use and why. */
  why: string;
}

interface KernelLibrary {
  /** How many threads it works with from now on; returns how many these are. */
  setThreads(count: number): number;
}

const kernels = [
  kernelOf(chunkAttentionOp),
  kernelOf(chunkAttentionGradOp),
  kernelOf(feedForwardOp),
  kernelOf(feedForwardGradOp),
  kernelOf(headsOp),
  kernelOf(headsGradOp),
  kernelOf(mergeHeadsOp),
  kernelOf(mergeHeadsGradOp),
  kernelOf(normalizeKeysOp),
  kernelOf(normalizeKeysGradOp),
  kernelOf(tokenHeadOp),
  kernelOf(adamOp),
  kernelOf(addFeedForwardOp),
  kernelOf(undoFeedForwardOp),
  kernelOf(addHeadsGradOp),
  kernelOf(addMergedHeadsOp),
  kernelOf(addAttentionOp),
  kernelOf(undoAttentionOp),
  kernelOf(writeRowsOp),
];

let library: KernelLibrary | undefined;
let registered = false;

/** Compiles the library where that has not been done, loads it, and hands its kernels to tfjs. */
export async function openKernels(
  places: TensorflowPlaces | undefined,
  options: { log?: (line: string) => void } = {},
): Promise<OpenedKernels> {
  if (places === undefined) {
    return composed("this TensorFlow came without headers, so no kernels could be built for it");
  }
  try {
    const path = await compileKernels(places, options);
    library ??= load(path);
    if (!registered) kernels.forEach(registerKernel);
    registered = true;
  } catch (error) {
    return composed((error as Error).message);
  }
  const names = kernels.map((kernel) => kernel.kernelName);
  return { kind: "fused", names, why: `Fused: ${names.length} native kernels, compiled for this processor.` };
}

export function openWebgpuKernels(): OpenedKernels {
  registerWebgpuKernels();
  const all = [...Object.values(kernelNames), ...Object.values(modelKernelNames)];
  const names = all.filter((name) => getKernel(name, "webgpu") !== undefined);
  return { kind: "fused", names, why: `Fused: ${names.length} kernels in WGSL.` };
}

export function composed(reason: string): OpenedKernels {
  return { kind: "composed", names: [], why: `Composed of plain ops: ${reason}.` };
}

/**
 * Threads of the native kernels, for tests and for sharing a machine; all processors by default. Results do not depend
 * on it.
 *
 * @returns the number in use, or undefined while no library is loaded
 */
export function setKernelThreads(count: number): number | undefined {
  return library?.setThreads(count);
}

/** As `require` would: an addon is never unloaded, which TensorFlow would not survive. */
function load(path: string): KernelLibrary {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports as KernelLibrary;
}
