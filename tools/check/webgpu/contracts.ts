/** Every contract of the two packages, for whoever runs them without vitest. */
export {
  chunkAttentionContract,
  chunkAttentionGradContract,
} from "../../../packages/lsh/test/kernels/attention-contract";
export {
  alignContract,
  hashContract,
  normalizeKeysContract,
  normalizeKeysGradContract,
  sortContract,
} from "../../../packages/lsh/test/kernels/routing-contract";
export { adamContract } from "../../../packages/model/test/kernels/adam-contract";
export {
  feedForwardContract,
  feedForwardGradContract,
} from "../../../packages/model/test/kernels/feed-forward-contract";
export {
  headsContract,
  headsGradContract,
  mergeHeadsContract,
  mergeHeadsGradContract,
} from "../../../packages/model/test/kernels/heads-contract";
export {
  addFeedForwardContract,
  addHeadsGradContract,
  addMergedHeadsContract,
  undoFeedForwardContract,
} from "../../../packages/model/test/kernels/in-place-contract";
export { segmentSumContract } from "../../../packages/model/test/kernels/segment-sum-contract";
export { tokenHeadContract } from "../../../packages/model/test/kernels/token-head-contract";
