/** What the module exports; its memory is the backend's, and it keeps nothing there. */
export { attention, attentionBytes } from "./attention";
export { attentionGrad, attentionGradBytes } from "./attention-grad";
export { hash, hashBytes } from "./hash";
export { normalizeKeys, normalizeKeysGrad } from "./keys";
export { isPermutation, openSlots } from "./slots";
export { largestId, sort } from "./sort";
