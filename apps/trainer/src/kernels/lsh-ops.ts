/** The contracts of packages/lsh, met by the native library. */
import {
  dropThreshold,
  kernelNames,
  type ChunkAttentionAttributes,
  type ChunkAttentionGradInputs,
  type ChunkAttentionInputs,
} from "@reformer-ts/lsh";

import { floatBits, type NativeOp } from "./native-op";

const rows = "[groups, length, depth]";
const attended = {
  query: rows,
  key: rows,
  value: rows,
  order: "[groups, slots] int32",
  inverse: "[groups, numHashes, length] int32",
  slotBuckets: "[groups, slots] int32",
  keyMask: "[batch, length] int32",
};

export const chunkAttentionOp: NativeOp<ChunkAttentionInputs, ChunkAttentionAttributes> = {
  name: kernelNames.chunkAttention,
  inputs: attended,
  outputs: 2,
  numbers: chunkNumbers,
};

export const chunkAttentionGradOp: NativeOp<ChunkAttentionGradInputs, ChunkAttentionAttributes> = {
  name: kernelNames.chunkAttentionGrad,
  inputs: { ...attended, output: rows, logSumExp: "[groups, length]", dOutput: rows },
  outputs: 3,
  numbers: chunkNumbers,
};

/** In the order of `Slots::read` in native/kernels/slots.cc. */
function chunkNumbers({
  numHashes,
  paddedLength,
  chunkLength,
  chunksBefore,
  chunksAfter,
  causal,
  selfMask,
  duplicateCorrection,
  dropoutRate,
  dropoutSeed,
}: ChunkAttentionAttributes): number[] {
  return [
    numHashes,
    paddedLength,
    chunkLength,
    chunksBefore,
    chunksAfter,
    Number(causal),
    Number(selfMask),
    Number(duplicateCorrection),
    dropThreshold(dropoutRate),
    dropoutSeed | 0,
    floatBits(1 / (1 - dropoutRate)),
  ];
}
