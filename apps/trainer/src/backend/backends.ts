import type { KernelChoice, OpenedKernels } from "../kernels/open-kernels";
import type { TfjsNode } from "./load-tfjs-node";

/** Backends from the fastest down: `auto` goes along this list, `doctor` prints it. */
export const BACKENDS = ["tensorflow-gpu", "tensorflow", "webgpu", "wasm", "cpu"] as const;

export type BackendName = (typeof BACKENDS)[number];

export interface OpenedBackend {
  name: BackendName;
  /** The name under which tfjs knows it. */
  tfjsName: string;
  /** For people: what it is, with its version. */
  label: string;
  /** What computes: `CPU`, or the name of an adapter. */
  device: string;
  /** True where that device is the CPU imitating a GPU; `auto` never takes one. */
  isSoftware?: boolean;
  versions: Record<string, string>;
  /** One sentence: why this backend and no other. */
  why: string;
  /** Which of the project's kernels run natively. */
  kernels: OpenedKernels;
  /** Only for TensorFlow. */
  tensorflow?: TensorflowHandle;
}

interface TensorflowHandle {
  /** The whole tfjs-node, for its TensorBoard writer and for the layers API. */
  module: TfjsNode;
  packageFolder: string;
  /** Folder with TensorFlow's libraries and `include`, to build kernels of one's own; unknown for a user's own package. */
  home?: string;
}

export interface OpenOptions {
  log?: (line: string) => void;
  cacheDir?: string;
  workingDirectory?: string;
  /** Default `fused`, where they can be had. */
  kernels?: KernelChoice;
}

/** How an attempt to open one backend ended: it runs, or the exact reason and what would mend it. */
export type Opening =
  | { works: true; backend: Omit<OpenedBackend, "why" | "kernels"> }
  | { works: false; reason: string; remedy: string };
