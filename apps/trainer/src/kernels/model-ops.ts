/** The contracts of packages/model, met by the native library. */
import {
  modelKernelNames,
  type AdamAttributes,
  type AdamInputs,
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
} from "@reformer-ts/model";

import { floatBits, type NativeOp } from "./native-op";

const layer = {
  x: "[batch, length, dModel]",
  scale: "[dModel]",
  bias: "[dModel]",
  expand: "[dModel, dFF]",
  expandBias: "[dFF]",
  contract: "[dFF, dModel]",
  contractBias: "[dModel]",
};

export const feedForwardOp: NativeOp<FeedForwardInputs, FeedForwardAttributes> = {
  name: modelKernelNames.feedForward,
  inputs: layer,
  outputs: 2,
  numbers: ({ epsilon, keep }) => [floatBits(epsilon), Number(keep)],
};

export const feedForwardGradOp: NativeOp<FeedForwardGradInputs, FeedForwardGradAttributes> = {
  name: modelKernelNames.feedForwardGrad,
  inputs: { ...layer, activated: "[rows, dFF]", dy: "[batch, length, dModel]" },
  outputs: 8,
  numbers: ({ epsilon, output }) => [floatBits(epsilon), Number(output)],
};

const heads = "[batch, heads, length, depth]";
const projected = {
  x: "[batch, length, dModel]",
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

export const headsGradOp: NativeOp<HeadsGradInputs, HeadsAttributes> = {
  name: modelKernelNames.headsGrad,
  inputs: { ...projected, dFirst: heads, dSecond: heads, dThird: heads },
  outputs: 6,
  numbers: headsOp.numbers,
};

export const mergeHeadsOp: NativeOp<MergeHeadsInputs, object> = {
  name: modelKernelNames.mergeHeads,
  inputs: { heads, weight: "[inner, dModel]" },
  outputs: 1,
  numbers: () => [],
};

export const mergeHeadsGradOp: NativeOp<MergeHeadsGradInputs, object> = {
  name: modelKernelNames.mergeHeadsGrad,
  inputs: { ...mergeHeadsOp.inputs, dy: "[batch, length, dModel]" },
  outputs: 2,
  numbers: () => [],
};

export const tokenHeadOp: NativeOp<TokenHeadInputs, TokenHeadAttributes> = {
  name: modelKernelNames.tokenHead,
  inputs: {
    x1: "[batch, length, dModel]",
    x2: "[batch, length, dModel]",
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
