/** What a training on the page is: small enough to be watched, made of the same parts as the trainer's. */
import { resolveConfig, type ReformerConfig } from "@reformer-ts/model";

export interface TrainSettings {
  task: "copy" | "text";
  /** Tokens of a sequence. */
  length: number;
  dModel: number;
  numHashes: number;
  learningRate: number;
  seed: number;
}

/** Symbols of the duplication task; with the 0 in front of each word they are the vocabulary. */
export const numSymbols = 15;
/** Sequences that a step learns from. */
export const batchSizes = { copy: 8, text: 2 } as const;
const chunkLength = 8;

/** @throws InputError when the sizes do not fit each other */
export function modelConfig({ task, length, dModel, numHashes }: TrainSettings): ReformerConfig {
  return resolveConfig({
    vocabSize: task === "copy" ? numSymbols + 1 : 256,
    dModel,
    dFF: 2 * dModel,
    numHeads: 2,
    dHead: dModel / 2,
    layers: task === "copy" ? ["lsh", "lsh"] : ["local", "lsh"],
    maxLength: length,
    positions: "learned",
    chunkLength,
    numHashes,
    initializerRange: null,
    embeddingRange: 0.5,
  });
}
