/** The kernels of this package and of the attention below it, for tfjs-backend-webgpu. Importing this registers nothing. */
import {
  registerWebgpuKernel,
  registerWebgpuKernels as registerAttentionKernels,
} from "@reformer-ts/lsh/kernels/webgpu";
import { UnsortedSegmentSum } from "@tensorflow/tfjs-core";
import { modelKernelNames, roomName } from "../names";
import { adam } from "./adam";
import { addFeedForward, feedForward } from "./feed-forward";
import { feedForwardGrad, undoFeedForward } from "./feed-forward-grad";
import { addMergedHeads, mergeHeads, projectHeads } from "./heads";
import { addHeadsGrad, headsGrad, mergeHeadsGrad } from "./heads-grad";
import { room } from "./room";
import { unsortedSegmentSum } from "./segment-sum";
import { tokenHead } from "./token-head";

/**
 * Registers the fused kernels of a model's layers, those of `@reformer-ts/lsh` included, with tfjs, for its `webgpu`
 * backend, whether that is open yet or not. May be called twice. The backend itself is to be imported before, because
 * its own UnsortedSegmentSum makes room for one whose sums are the same every time.
 */
export function registerWebgpuKernels(): void {
  registerAttentionKernels();
  registerWebgpuKernel(modelKernelNames.feedForward, feedForward);
  registerWebgpuKernel(modelKernelNames.feedForwardGrad, feedForwardGrad);
  registerWebgpuKernel(modelKernelNames.heads, projectHeads);
  registerWebgpuKernel(modelKernelNames.headsGrad, headsGrad);
  registerWebgpuKernel(modelKernelNames.mergeHeads, mergeHeads);
  registerWebgpuKernel(modelKernelNames.mergeHeadsGrad, mergeHeadsGrad);
  registerWebgpuKernel(modelKernelNames.tokenHead, tokenHead);
  registerWebgpuKernel(modelKernelNames.adam, adam);
  registerWebgpuKernel(modelKernelNames.addFeedForward, addFeedForward);
  registerWebgpuKernel(modelKernelNames.undoFeedForward, undoFeedForward);
  registerWebgpuKernel(modelKernelNames.addHeadsGrad, addHeadsGrad);
  registerWebgpuKernel(modelKernelNames.addMergedHeads, addMergedHeads);
  registerWebgpuKernel(roomName, room);
  registerWebgpuKernel(UnsortedSegmentSum, unsortedSegmentSum, { replaces: true });
}
