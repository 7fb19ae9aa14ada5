/** The model that every figure of speed is about: the shape of google/reformer-crime-and-punishment, as deep as asked. */
import { type AttentionKind, type ReformerConfig, resolveConfig } from "@reformer-ts/model";

export interface SubjectOptions {
  length: number;
  /** Attention of the layers, taken in turn. */
  attention: readonly AttentionKind[];
  depth: number;
  numHashes: number;
}

/** @throws InputError when an option is out of range */
export function subject({ length, attention, depth, numHashes }: SubjectOptions): ReformerConfig {
  return resolveConfig({
    vocabSize: 320,
    dModel: 256,
    dFF: 512,
    numHeads: 2,
    dHead: 64,
    chunkLength: 64,
    numHashes,
    layers: Array.from({ length: depth }, (_, i) => attention[i % attention.length]!),
    maxLength: length,
    positions: "axial",
    axialDims: [64, 192],
  });
}
