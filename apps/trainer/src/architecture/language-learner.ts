/** A Reformer that learns to go on with a sequence. */
import type { Batch as DataBatch } from "@reformer-ts/data";
import { type Batch, dropsActivations, evaluateBatch, type Reformer, trainStep } from "@reformer-ts/model";
import { longWindow } from "../memory-budget";
import type { Learner } from "./learner";

export function languageLearner(model: Reformer): Learner {
  return {
    model,
    parameters: model.parameters,
    vocabSize: model.config.vocabSize,
    drops: dropsActivations(model.config),
    step: (optimizer, batches, { plan, ...options }) =>
      trainStep(model, optimizer, batches.map(windows), { ...options, ...plan }),
    evaluate(batch) {
      const [rows, length] = batch.shape;
      return evaluateBatch(model, windows(batch), { headByHead: rows * length > longWindow });
    },
  };
}

const windows = ({ inputs, targets, shape: [batch, length] }: DataBatch): Batch => ({
  inputs,
  targets,
  batch,
  length,
});
