// The public list.
export { lshAttention, localAttention, fullAttention, crossAttention } from "./differentiable";
export {
  lshAttentionForward,
  lshAttentionGrad,
  type LshGrads,
  type LshResult,
  type LshSaved,
} from "./lsh-attention";
export { localAttentionForward, localAttentionGrad, type LocalOptions } from "./local-attention";
export {
  fullAttentionForward,
  fullAttentionGrad,
  type AttentionGrads,
  type AttentionResult,
  type AttentionSaved,
  type FullOptions,
} from "./full-attention";
export { crossAttentionForward, crossAttentionGrad, type CrossOptions } from "./cross-attention";
export { attentionOf, type Attending, type AttentionRow, type AttentionView } from "./attention-of";
export type { ChunkedOptions, DropoutOptions, LshOptions, MaskOptions } from "./options";

// The pieces, for teaching, and for building something else.
export { drawRotations, type RotationOptions } from "./rotations";
export { torchRotations } from "./torch-rotations";
export { hashVectors } from "./hash";
export { sortByBucket, type SortedSlots } from "./sort";
export { type AutoBuckets, bucketCount, mostBuckets, resolveNumBuckets, rotationSize } from "./num-buckets";
export { normalizeKeys, normalizeKeysGrad } from "./normalize-keys";

// What a fused kernel takes over.
export { hashSome, isLshFull, localSlots, lshSlots, type Slots } from "./slots";
export * from "./kernels/names";
export { explainKernels, type KernelsInUse } from "./kernels/explain-kernels";
export { dropoutRow, dropThreshold, keepWeight } from "./dropout";

// The slow oracle, on plain numbers.
export {
  type ReferenceInputs,
  type ReferenceOptions,
  type ReferenceSizes,
  referenceAttention,
  referenceAttentionGrad,
} from "./reference";
export {
  type ReferenceChunking,
  referenceHash,
  referenceKeys,
  referenceLocalAttention,
  referenceLshAttention,
} from "./reference-lsh";
