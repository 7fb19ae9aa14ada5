/** The contracts of packages/lsh, met by the native library. */
import {
  dropThreshold,
  kernelNames,
  type ChunkAttentionAttributes,
  type ChunkAttentionGradInputs,
  type ChunkAttentionInputs,
  type NormalizeKeysGradInputs,
  type NormalizeKeysInputs,
} from "@reformer-ts/lsh";

import { InputError } from "@reformer-ts/internal-checks";
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

export const normalizeKeysOp: NativeOp<NormalizeKeysInputs, object> = {
  name: kernelNames.normalizeKeys,
  inputs: { query: "any" },
  outputs: 1,
  numbers: () => [],
};

export const normalizeKeysGradOp: NativeOp<NormalizeKeysGradInputs, object> = {
  name: kernelNames.normalizeKeysGrad,
  inputs: { query: "any", dKey: "any", dQuery: "any" },
  outputs: 1,
  numbers: () => [],
};

/**
 * In the order of `Slots::read` in native/kernels/slots.cc.
 *
 * @throws InputError when the rate of dropout is out of range
 */
export function chunkNumbers({
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
  if (!(dropoutRate >= 0 && dropoutRate < 1))
    throw new InputError({ field: "dropoutRate", given: `${dropoutRate}`, allowed: "0 or more and below 1" });
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
