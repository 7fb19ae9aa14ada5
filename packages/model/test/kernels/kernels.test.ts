/** Every kernel of this package that the running backend has, held to its contract. */
import { describeKernel } from "@reformer-ts/internal-testkit";
import { getBackend } from "@tensorflow/tfjs-core";
import { hasKernel } from "../../src/kernels/dispatch";
import { modelKernelNames } from "../../src/kernels/names";
import { adamContract } from "./adam-contract";
import { feedForwardContract, feedForwardGradContract } from "./feed-forward-contract";
import {
  headsContract,
  headsGradContract,
  mergeHeadsContract,
  mergeHeadsGradContract,
} from "./heads-contract";
import {
  addFeedForwardContract,
  addHeadsGradContract,
  addMergedHeadsContract,
  undoFeedForwardContract,
} from "./in-place-contract";
import { segmentSumContract } from "./segment-sum-contract";
import { tokenHeadContract } from "./token-head-contract";
import { addAttentionContract, undoAttentionContract } from "./whole-attention-contract";
import { writeRowsContract } from "./write-rows-contract";

describeKernel(feedForwardContract);
describeKernel(feedForwardGradContract);
describeKernel(headsContract);
describeKernel(headsGradContract);
describeKernel(mergeHeadsContract);
describeKernel(mergeHeadsGradContract);
describeKernel(tokenHeadContract);
describeKernel(adamContract);
describeKernel(addFeedForwardContract);
describeKernel(undoFeedForwardContract);
describeKernel(addHeadsGradContract);
describeKernel(addMergedHeadsContract);
describeKernel(addAttentionContract);
describeKernel(undoAttentionContract);
describeKernel(writeRowsContract);

// The one kernel that is tfjs' own by name: on TensorFlow, and where nothing is fused, it is not ours.
if (getBackend() !== "tensorflow" && hasKernel(modelKernelNames.adam)) describeKernel(segmentSumContract);
