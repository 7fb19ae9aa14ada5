import { getBackend, getKernel } from "@tensorflow/tfjs-core";
import { kernelNames } from "./names";

export interface KernelsInUse {
  backend: string;
  /** Contracts that a kernel of the running backend meets. */
  fused: string[];
  /** Contracts that are composed of plain ops. */
  composed: string[];
}

/** Which kernels are in use on the running backend. */
export function explainKernels(names: readonly string[] = Object.values(kernelNames)): KernelsInUse {
  const backend = getBackend();
  const isFused = (name: string) => getKernel(name, backend) !== undefined;
  return { backend, fused: names.filter(isFused), composed: names.filter((name) => !isFused(name)) };
}
