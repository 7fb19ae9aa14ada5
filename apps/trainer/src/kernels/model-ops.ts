/** The contracts of packages/model, met by the native library. */
import {
  modelKernelNames,
  type AddAttentionInputs,
  type AddFeedForwardInputs,
  type AddHeadsGradInputs,
  type AddMergedHeadsAttributes,
  type AddMergedHeadsInputs,
  type AdamAttributes,
  type AdamInputs,
  type AttentionAttributes,
  type FeedForwardAttributes,
  type FeedForwardGradAttributes,
  type FeedForwardGradInputs,
  type FeedForwardInputs,
  type HeadsAttributes,
  type HeadsGradInputs,
  type HeadsInputs,
  type MergeHeadsGradInputs,
  type MergeHeadsInputs,
  type TokenHeadAttributes,
  type TokenHeadInputs,
  type UndoAttentionInputs,
  type UndoFeedForwardInputs,
  type WriteRowsAttributes,
  type WriteRowsInputs,
} from "@reformer-ts/model";

import { chunkNumbers } from "./lsh-ops";
import { floatBits, type NativeOp } from "./native-op";

const rows = "[batch, length, dModel]";
const layer = {
  x: rows,
  scale: "[dModel]",
  bias: "[dModel]",
  expand: "[dModel, dFF]",
  expandBias: "[dFF]",
  contract: "[dFF, dModel]",
  contractBias: "[dModel]",
};

export const addFeedForwardOp: NativeOp<AddFeedForwardInputs, FeedForwardAttributes> = {
  name: modelKernelNames.addFeedForward,
  op: modelKernelNames.feedForward,
  inputs: { ...layer, stream: rows },
  changes: ["stream"],
  outputs: 2,
  numbers: ({ epsilon, keep }) => [floatBits(epsilon), Number(keep)],
};

export const feedForwardOp: NativeOp<FeedForwardInputs, FeedForwardAttributes> = unchanging(addFeedForwardOp);

export const undoFeedForwardOp: NativeOp<
  FeedForwardGradInputs & UndoFeedForwardInputs,
  FeedForwardGradAttributes
> = {
  name: modelKernelNames.undoFeedForward,
  op: modelKernelNames.feedForwardGrad,
  inputs: { ...layer, activated: "[rows, dFF]", dy: rows, stream: rows, gradient: rows },
  changes: ["stream", "gradient"],
  outputs: 8,
  numbers: ({ epsilon, output }) => [floatBits(epsilon), Number(output)],
};

export const feedForwardGradOp: NativeOp<FeedForwardGradInputs, FeedForwardGradAttributes> =
  unchanging(undoFeedForwardOp);

const heads = "[batch, heads, length, depth]";
const projected = {
  x: rows,
  scale: "[dModel]",
  bias: "[dModel]",
  first: "[dModel, inner]",
  second: "[dModel, inner]",
  third: "[dModel, inner]",
};

export const headsOp: NativeOp<HeadsInputs, HeadsAttributes> = {
  name: modelKernelNames.heads,
  inputs: projected,
  outputs: 3,
  numbers: ({ heads: count, epsilon }) => [count, floatBits(epsilon)],
};

export const addHeadsGradOp: NativeOp<AddHeadsGradInputs, HeadsAttributes> = {
  name: modelKernelNames.addHeadsGrad,
  op: modelKernelNames.headsGrad,
  inputs: { ...projected, dFirst: heads, dSecond: heads, dThird: heads, gradient: rows },
  changes: ["gradient"],
  outputs: 6,
  numbers: headsOp.numbers,
};

export const headsGradOp: NativeOp<HeadsGradInputs, HeadsAttributes> = unchanging(addHeadsGradOp);

export const addMergedHeadsOp: NativeOp<AddMergedHeadsInputs, AddMergedHeadsAttributes> = {
  name: modelKernelNames.addMergedHeads,
  op: modelKernelNames.mergeHeads,
  inputs: { heads, weight: "[inner, dModel]", stream: rows },
  changes: ["stream"],
  outputs: 1,
  numbers: ({ sign }) => [sign],
};

export const mergeHeadsOp: NativeOp<MergeHeadsInputs, object> = {
  ...unchanging<MergeHeadsInputs, AddMergedHeadsAttributes>(addMergedHeadsOp),
  numbers: () => [1],
};

export const mergeHeadsGradOp: NativeOp<MergeHeadsGradInputs, object> = {
  name: modelKernelNames.mergeHeadsGrad,
  inputs: { heads, weight: "[inner, dModel]", dy: rows },
  outputs: 2,
  numbers: () => [],
};

const oneHead = {
  x: rows,
  scale: "[dModel]",
  bias: "[dModel]",
  first: "[dModel, depth]",
  second: "[dModel, depth]",
  third: "[dModel, depth]",
  output: "[depth, dModel]",
  order: "[batch, slots] int32",
  inverse: "[batch, numHashes, length] int32",
  slotBuckets: "[batch, slots] int32",
};
const attentionNumbers = ({ epsilon, ...attributes }: AttentionAttributes) => [
  ...chunkNumbers(attributes),
  floatBits(epsilon),
];

export const addAttentionOp: NativeOp<AddAttentionInputs, AttentionAttributes> = {
  name: modelKernelNames.addAttention,
  inputs: { ...oneHead, stream: rows },
  changes: ["stream"],
  outputs: 1,
  numbers: attentionNumbers,
};

export const undoAttentionOp: NativeOp<UndoAttentionInputs, AttentionAttributes> = {
  name: modelKernelNames.undoAttention,
  inputs: { ...oneHead, dy: rows, stream: rows, gradient: rows },
  changes: ["stream", "gradient"],
  outputs: 8,
  numbers: attentionNumbers,
};

export const writeRowsOp: NativeOp<WriteRowsInputs, WriteRowsAttributes> = {
  name: modelKernelNames.writeRows,
  inputs: { rows: "[batch, count, dModel]", stream: rows },
  changes: ["stream"],
  outputs: 1,
  numbers: ({ start }) => [start],
};

export const tokenHeadOp: NativeOp<TokenHeadInputs, TokenHeadAttributes> = {
  name: modelKernelNames.tokenHead,
  inputs: {
    x1: rows,
    x2: rows,
    scale: "[width]",
    bias: "[width]",
    weight: "[width, vocabSize]",
    targets: "[rows] int32",
  },
  outputs: 6,
  numbers: ({ epsilon, share }) => [epsilon, share].map(floatBits),
};

export const adamOp: NativeOp<AdamInputs, AdamAttributes> = {
  name: modelKernelNames.adam,
  inputs: { value: "any", gradient: "any", first: "any", second: "any" },
  outputs: 3,
  numbers: ({ beta1, beta2, epsilon, size, keep }) => [beta1, beta2, epsilon, size, keep].map(floatBits),
};

/** The op under its own name: what it could write over is absent, and all that it makes is returned. */
function unchanging<Inputs, Attributes>(
  changing: Omit<NativeOp<Inputs, Attributes>, "changes">,
): NativeOp<Inputs, Attributes> {
  return { ...changing, name: changing.op!, changes: [] };
}
