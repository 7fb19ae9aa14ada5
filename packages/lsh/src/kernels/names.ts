/**
 * The contracts that a fused kernel may take over, under the project's own names in tfjs' registry.
 *
 * `groups` stands for batch · heads, with the batch outermost. A slot is a place in the sorted, padded sequence of all
 * rounds laid end to end; `slots = numHashes · paddedLength`. Every contract is also met by composed ops, and both
 * are held to the same reference.
 */
import type { Tensor } from "@tensorflow/tfjs-core";

export const kernelNames = {
  hash: "ReformerHash",
  bucketSort: "ReformerBucketSort",
  alignToBuckets: "ReformerAlignToBuckets",
  chunkAttention: "ReformerChunkAttention",
  chunkAttentionGrad: "ReformerChunkAttentionGrad",
  normalizeKeys: "ReformerNormalizeKeys",
  normalizeKeysGrad: "ReformerNormalizeKeysGrad",
} as const;

/** `ReformerHash` → `[batch, heads, numHashes, length]` int32. */
export interface HashInputs {
  /** `[batch, heads, length, depth]` */
  vectors: Tensor;
  /** `[heads, depth, numHashes, rotationSize]` */
  rotations: Tensor;
}
export interface HashAttributes {
  /** Even; rotationSize is half their sum; the first factor is the lowest digit of a bucket id. */
  factors: readonly number[];
}

/** `ReformerBucketSort` → order `[groups, slots]` int32 with -1 in empty slots, inverse `[groups, numHashes, length]` int32. */
export interface BucketSortInputs {
  /** `[batch, heads, numHashes, length]` int32 */
  buckets: Tensor;
}
export interface BucketSortAttributes {
  paddedLength: number;
  /** Ids are below it. A device that sorts by digits needs fewer of them where it knows. */
  numBuckets?: number;
}

/**
 * `ReformerAlignToBuckets` → order `[groups, slots]`, inverse `[groups, numHashes, length]` and slotBuckets
 * `[groups, slots]`, all int32: sorted by bucket, every bucket beginning with a chunk, empty slots -1.
 */
export type AlignToBucketsInputs = BucketSortInputs;
export interface AlignToBucketsAttributes {
  chunkLength: number;
  /** Slots of a round, enough for any buckets below `numBuckets`: see `mostAlignedSlots`. */
  paddedLength: number;
  numBuckets: number;
}

/** `ReformerChunkAttention` → output `[groups, length, depth]`, logSumExp `[groups, length]`, both over all rounds. */
export interface ChunkAttentionInputs {
  /** `[groups, length, depth]` */
  query: Tensor;
  /** `[groups, length, depth]`, normalised and scaled: a score is the plain dot product. */
  key: Tensor;
  /** `[groups, length, depth]` */
  value: Tensor;
  /** `[groups, slots]` int32: position in each slot, -1 in an empty one. Absent: positions in order, empty slots last. */
  order?: Tensor;
  /** `[groups, numHashes, length]` int32: slot of each position in each round. Present exactly when order is. */
  inverse?: Tensor;
  /** `[groups, slots]` int32: ids that differ between buckets and between rounds. Present: keys of other ids are masked. */
  slotBuckets?: Tensor;
  /** `[batch, length]` int32, 0 for keys that nobody may attend to. */
  keyMask?: Tensor;
}
export interface ChunkAttentionAttributes {
  /** Rounds that the slots are made of; each has slots / numHashes of them. 1 without order. */
  numHashes: number;
  /** Slots of a round, a multiple of chunkLength. */
  paddedLength: number;
  chunkLength: number;
  /** Chunks that a query sees before and after its own, on a ring over the chunks of all rounds. */
  chunksBefore: number;
  chunksAfter: number;
  /** Keys at later positions score -1e9. */
  causal: boolean;
  /** The key at the query's own position scores -1e5, whatever the other masks say. */
  selfMask: boolean;
  /** log N is taken off a score, N being how often this key occurs in the query's windows over all rounds. */
  duplicateCorrection: boolean;
  /** Weights are kept by `keepWeight(dropoutSeed, group, slot, column)` and divided by 1 - dropoutRate. */
  dropoutRate: number;
  dropoutSeed: number;
}

/** `ReformerChunkAttentionGrad` → dQuery, dKey, dValue `[groups, length, depth]`. */
export interface ChunkAttentionGradInputs extends ChunkAttentionInputs {
  /** What the forward pass returned. */
  output: Tensor;
  logSumExp: Tensor;
  /** `[groups, length, depth]` */
  dOutput: Tensor;
}

/** `ReformerNormalizeKeys` → keys from shared queries, like query. */
export interface NormalizeKeysInputs {
  /** `[..., depth]` */
  query: Tensor;
}

/** `ReformerNormalizeKeysGrad` → dQuery plus what comes back through the keys, like query. */
export interface NormalizeKeysGradInputs extends NormalizeKeysInputs {
  dKey: Tensor;
  dQuery: Tensor;
}
