import type { ReformerConfig } from "../config";
import { fitsFusedFeedForward } from "../fused-feed-forward";
import { hasKernel } from "../kernels/dispatch";
import { modelKernelNames } from "../kernels/names";

/** Whether training steps of this model change streams where they stand, on the backend that runs now. */
export function runsInPlace(config: ReformerConfig): boolean {
  const { addFeedForward, undoFeedForward, addHeadsGrad, addMergedHeads } = modelKernelNames;
  return (
    !config.localBias &&
    config.dHead % 16 === 0 &&
    fitsFusedFeedForward(config, { training: true }) &&
    [addFeedForward, undoFeedForward, addHeadsGrad, addMergedHeads].every(hasKernel)
  );
}
