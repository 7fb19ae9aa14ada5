import { explainKernels as explain, kernelNames, type KernelsInUse } from "@reformer-ts/lsh";
import { modelKernelNames } from "./names";

/** Which kernels of lsh and of this package are in use on the running backend. */
export function explainKernels(): KernelsInUse {
  return explain([...Object.values(kernelNames), ...Object.values(modelKernelNames)]);
}
