/** What the module exports; its memory is the backend's, and it keeps nothing there. */
export { feedForward, feedForwardBytes, feedForwardGrad, openFeedForward } from "./feed-forward";
export { headsBytes, mergeHeads, mergeHeadsGrad, openHeads, projectHeads, projectHeadsGrad } from "./heads";
export { areTargets, tokenHead, tokenHeadBytes } from "./token-head";
export { adam, sumSegments } from "./updates";
