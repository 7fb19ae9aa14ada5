import { attentionMechanism } from "../attention-mechanism";
import type { ReformerConfig } from "../config";
import { fitsFusedFeedForward } from "../fused-feed-forward";
import { hasKernel } from "../kernels/dispatch";
import { modelKernelNames } from "../kernels/names";
import { fitsWholeAttention } from "../whole-attention";
import type { StepShape } from "./estimate";

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

/** Whether, besides, attention that takes its heads one after another runs as one kernel for each head. */
export function runsWholeHeads(config: ReformerConfig): boolean {
  const single = { ...config, numHeads: 1 };
  const pass = { training: true, headByHead: true };
  return (
    runsInPlace(config) &&
    config.layers.every((_, i) => fitsWholeAttention(single, attentionMechanism(single, i, pass), pass))
  );
}

/** How steps of this size run on the backend that runs now. */
export function stepShape(
  config: ReformerConfig,
  { batch, length }: Pick<StepShape, "batch" | "length">,
): StepShape {
  return { batch, length, fused: runsInPlace(config), wholeHeads: runsWholeHeads(config) };
}
