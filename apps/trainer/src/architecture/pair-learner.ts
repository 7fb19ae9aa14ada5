/** An encoder-decoder that learns to write one sequence about another. */
import type { Batch } from "@reformer-ts/data";
import {
  dropsActivations,
  type EncoderDecoder,
  evaluatePairs,
  type PairBatch,
  trainPairStep,
} from "@reformer-ts/model";
import type { Learner } from "./learner";

export function pairLearner(model: EncoderDecoder): Learner {
  const { vocabSize, padToken } = model.config;
  return {
    model,
    parameters: model.parameters,
    vocabSize,
    drops: dropsActivations(model.config),
    step(optimizer, batches, { plan, ...options }) {
      const pairs = batches.map((batch) => trimmed(batch, padToken));
      return trainPairStep(model, optimizer, pairs, { ...options, keepLayers: plan?.keepLayers ?? 0 });
    },
    evaluate: (batch) => evaluatePairs(model, trimmed(batch, padToken)),
  };
}

/** The same pairs without the padding in which all of them end: most sentences are far shorter than the longest allowed. */
export function trimmed(
  {
    inputs,
    targets,
    shape: [batch, length],
    source = new Int32Array(),
    sourceShape: [, sourceLength] = [0, 0],
  }: Batch,
  padToken: number,
): PairBatch {
  const used = usedColumns(targets, length, (target) => target >= 0);
  const sourceUsed = usedColumns(source, sourceLength, (token) => token !== padToken);
  return {
    inputs: columns(inputs, length, used),
    targets: columns(targets, length, used),
    batch,
    length: used,
    source: columns(source, sourceLength, sourceUsed),
    sourceLength: sourceUsed,
  };
}

/** One more than the last column in which any row has something; at least one. */
function usedColumns(rows: Int32Array, length: number, isUsed: (value: number) => boolean): number {
  return rows.reduce((most, value, i) => (isUsed(value) ? Math.max(most, (i % length) + 1) : most), 1);
}

function columns(rows: Int32Array, length: number, kept: number): Int32Array {
  return kept === length ? rows : rows.filter((_, i) => i % length < kept);
}
