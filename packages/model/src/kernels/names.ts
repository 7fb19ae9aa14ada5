/**
 * The contracts that a fused kernel may take over from a model's layers, under the project's own names in tfjs'
 * registry. Every contract is also met by composed ops, and both are held to the same tests.
 *
 * Fused layers know no dropout and, inside, only multiples of {@link kernelTile}: the dispatcher asks them for nothing
 * else.
 */
import type { Slots } from "@reformer-ts/lsh";
import type { Tensor } from "@tensorflow/tfjs-core";

export const modelKernelNames = {
  feedForward: "ReformerFeedForward",
  feedForwardGrad: "ReformerFeedForwardGrad",
  heads: "ReformerHeads",
  headsGrad: "ReformerHeadsGrad",
  mergeHeads: "ReformerMergeHeads",
  mergeHeadsGrad: "ReformerMergeHeadsGrad",
  tokenHead: "ReformerTokenHead",
  adam: "ReformerAdam",
  addFeedForward: "ReformerAddFeedForward",
  undoFeedForward: "ReformerUndoFeedForward",
  addHeadsGrad: "ReformerAddHeadsGrad",
  addMergedHeads: "ReformerAddMergedHeads",
  addAttention: "ReformerAddAttention",
  undoAttention: "ReformerUndoAttention",
  writeRows: "ReformerWriteRows",
} as const;

/**
 * No layer's contract: it takes nothing and computes nothing, but throws, with a sentence, where the backend has no room
 * for what is to come. A backend without it cannot tell.
 */
export const roomName = "ReformerRoom";

export interface RoomAttributes {
  /** Of all tensors that exist at a time, beside those that exist now. */
  bytes: number;
  /** Of the largest of them. */
  largest: number;
}

/** What the widths of a fused layer are multiples of. */
export const kernelTile = 16;

/** `ReformerFeedForward` → y `[batch, length, dModel]`, activated `[rows, dFF]` or `[0, dFF]`. The activation is relu. */
export interface FeedForwardInputs {
  /** `[batch, length, dModel]`, before its layer norm. */
  x: Tensor;
  /** `[dModel]` each, of the layer norm. */
  scale: Tensor;
  bias: Tensor;
  /** `[dModel, dFF]` and `[dFF]` */
  expand: Tensor;
  expandBias: Tensor;
  /** `[dFF, dModel]` and `[dModel]` */
  contract: Tensor;
  contractBias: Tensor;
}
export interface FeedForwardAttributes {
  epsilon: number;
  /** Whether `activated` is wanted, to be handed to the backward pass. */
  keep: boolean;
}

/**
 * `ReformerFeedForwardGrad` → y like x or `[0]`, dx like x, and gradients of scale, bias, expand, expandBias, contract
 * and contractBias.
 */
export interface FeedForwardGradInputs extends FeedForwardInputs {
  /** What the forward pass kept; absent, it is computed again. */
  activated?: Tensor;
  /** `[batch, length, dModel]` */
  dy: Tensor;
}
export interface FeedForwardGradAttributes {
  epsilon: number;
  /** Whether y is wanted once more, to rebuild the stream that it was added to. */
  output: boolean;
}

/**
 * `ReformerHeads` → `LayerNorm(x) weight`, head by head, for each weight: `[batch, heads, length, depth]`, and `[0]` in
 * place of the third where there are two.
 */
export interface HeadsInputs {
  /** `[batch, length, dModel]`, before its layer norm. */
  x: Tensor;
  /** `[dModel]` each, of the layer norm. */
  scale: Tensor;
  bias: Tensor;
  /** `[dModel, heads · depth]` each. */
  first: Tensor;
  second: Tensor;
  third?: Tensor;
}
export interface HeadsAttributes {
  heads: number;
  epsilon: number;
}

/** `ReformerHeadsGrad` → dx, gradients of scale and bias, of the first, second and third weight (or `[0]`). */
export interface HeadsGradInputs extends HeadsInputs {
  /** `[batch, heads, length, depth]` each. */
  dFirst: Tensor;
  dSecond: Tensor;
  dThird?: Tensor;
}

/** `ReformerMergeHeads` → the heads side by side times weight, `[batch, length, dModel]`. */
export interface MergeHeadsInputs {
  /** `[batch, heads, length, depth]` */
  heads: Tensor;
  /** `[heads · depth, dModel]` */
  weight: Tensor;
}

/** `ReformerMergeHeadsGrad` → dHeads, dWeight. */
export interface MergeHeadsGradInputs extends MergeHeadsInputs {
  /** `[batch, length, dModel]` */
  dy: Tensor;
}

/**
 * `ReformerTokenHead` → nats `[]`, summed over targets that are not negative, and gradients times `share` of x1, x2,
 * scale, bias and weight.
 */
export interface TokenHeadInputs {
  /** `[batch, length, dModel]` each. */
  x1: Tensor;
  x2: Tensor;
  /** `[2 dModel]` each, of the last layer norm. */
  scale: Tensor;
  bias: Tensor;
  /** `[2 dModel, vocabSize]` */
  weight: Tensor;
  /** `[rows]` int32, -1 where nothing is asked. */
  targets: Tensor;
}
export interface TokenHeadAttributes {
  epsilon: number;
  /** What each target's gradient is multiplied by: one over their number. */
  share: number;
}

/**
 * Kernels that work on a stream where it stands, so that no second one of its size need exist. They take the contents
 * of what they are to change; if another tensor shares its memory, they leave that alone and change a copy. All of them
 * are optional beside their plain counterparts.
 *
 * `ReformerAddFeedForward` → stream + y. `ReformerUndoFeedForward` → stream - y, gradient + dx, then gradients as
 * `ReformerFeedForwardGrad`. `ReformerAddHeadsGrad` → gradient + dx, then gradients as `ReformerHeadsGrad`.
 * `ReformerAddMergedHeads` → stream + sign * y.
 */
export interface InStream {
  /** `[batch, length, dModel]` */
  stream: Tensor;
}
export interface InGradient {
  /** `[batch, length, dModel]`, what x's gradient is besides. */
  gradient: Tensor;
}
export type AddFeedForwardInputs = FeedForwardInputs & InStream;
export type UndoFeedForwardInputs = Omit<FeedForwardGradInputs, "activated"> & InStream & InGradient;
export type AddHeadsGradInputs = HeadsGradInputs & InGradient;
export type AddMergedHeadsInputs = MergeHeadsInputs & InStream;
export interface AddMergedHeadsAttributes {
  sign: 1 | -1;
}

/**
 * An attention layer of one head, from stream to stream: its vectors exist for a few chunks at a time. One round of
 * hashing and no dropout. `ReformerAddAttention` → stream + y. `ReformerUndoAttention` → stream - y, gradient + dx, then
 * gradients of scale, bias, output, first, second and third (or `[0]`).
 */
export interface AddAttentionInputs extends HeadsInputs, InStream, Omit<Slots, "attributes"> {
  /** `[depth, dModel]` */
  output: Tensor;
}
export interface UndoAttentionInputs extends AddAttentionInputs, InGradient {
  /** `[batch, length, dModel]` */
  dy: Tensor;
}
export type AttentionAttributes = Slots["attributes"] & { epsilon: number };

/** `ReformerWriteRows` → stream with `rows` in the place of its own from `start` on. */
export interface WriteRowsInputs extends InStream {
  /** `[batch, any, dModel]` */
  rows: Tensor;
}
export interface WriteRowsAttributes {
  start: number;
}

/** `ReformerAdam` → value, first and second moment after the update, like value. */
export interface AdamInputs {
  value: Tensor;
  gradient: Tensor;
  first: Tensor;
  second: Tensor;
}
/** `first` and `second` decay towards the gradient and its square; `value = keep * value - size * first / (sqrt(second) + epsilon)`. */
export interface AdamAttributes {
  beta1: number;
  beta2: number;
  epsilon: number;
  size: number;
  keep: number;
}
