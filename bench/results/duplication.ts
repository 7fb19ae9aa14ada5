/**
 * The paper's table 2: one layer learns to copy, with full attention or with a number of hash rounds, and is then asked
 * with every other. Queries and keys are shared in all of them, so the weights of one fit all: full attention is an LSH layer
 * whose threshold no sequence passes.
 */
import { batches, copyTask, ignored } from "@reformer-ts/data";
import {
  adam,
  createReformer,
  encode,
  initializeParameters,
  learningRateAt,
  resolveConfig,
  trainStep,
  type Parameters,
  type Reformer,
  type ReformerConfig,
} from "@reformer-ts/model";
import * as tf from "@tensorflow/tfjs-core";
import { onceMeasured } from "./result-files";
import { seeingItself } from "./seeing-itself";

/**
 * The paper's own task and width; it is silent about positions, chunks, batch and rates. Inputs stand one place later than what they
 * are, so a symbol is to be found 511 places back: 7 whole rows of 73, which makes one rule of 511.
 */
const setting = {
  length: 1024,
  numSymbols: 127,
  dModel: 256,
  chunkLength: 64,
  axialShape: [15, 73],
  steps: 500,
  /** Full attention is slower, and learns in fewer. */
  stepsInFull: 250,
  batch: 8,
  learningRate: 3e-3,
};
const { length, numSymbols, dModel, batch, learningRate } = setting;

/** A number of hash rounds; full attention; full attention in which a token sees its own key. */
type Attention = number | "full" | "itself";
const trainedWith: Attention[] = [1, 2, 4, "full", "itself"];
const askedWith: Attention[] = ["full", 8, 4, 2, 1, "itself"];

/** Sequences that a trained model is asked. */
const examples = 64;

export interface DuplicationResult {
  setting: typeof setting;
  trained: Attention;
  steps: number;
  /** Mean loss in nats of each fiftieth of the training. */
  losses: number[];
  /** Share of the second half that is right, in the order of {@link askedWith}. */
  accuracy: number[];
  examples: number;
}

export async function measureDuplication(): Promise<void> {
  for (const trained of trainedWith)
    await onceMeasured(`duplication-${trained}`, "duplication", () => trainAndAsk(trained));
}

function configOf(attention: Attention): ReformerConfig {
  const { chunkLength, axialShape } = setting;
  return resolveConfig({
    vocabSize: numSymbols + 1,
    dModel,
    dFF: dModel,
    numHeads: 4,
    dHead: dModel / 4,
    layers: ["lsh"],
    positions: "axial",
    axialShape,
    axialDims: [dModel / 2, dModel / 2],
    maxLength: axialShape.reduce((a, b) => a * b),
    chunkLength,
    ...(typeof attention === "number" ? { numHashes: attention } : { fullAttentionThreshold: length }),
    embeddingRange: 0.3,
  });
}

function modelOf(attention: Attention, parameters: Parameters): Reformer {
  const model = createReformer(configOf(attention), parameters);
  return attention === "itself" ? seeingItself(model) : model;
}

async function trainAndAsk(trained: Attention): Promise<DuplicationResult> {
  const steps = typeof trained === "number" ? setting.steps : setting.stepsInFull;
  const parameters = initializeParameters(configOf(trained), 1);
  const model = modelOf(trained, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  const reader = batches(copyTask({ length, numSymbols, seed: 1 }), { batch });
  const schedule = { kind: "cosine", peak: learningRate, warmup: steps / 10, total: steps } as const;
  const losses: number[] = [];
  const part = steps / 50;
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const { inputs, targets } = reader.next();
    const how = { seed: step, learningRate: learningRateAt(schedule, step), clipNorm: 1 };
    const { loss } = trainStep(model, optimizer, { inputs, targets, batch, length }, how);
    sum += (await loss.data())[0]!;
    loss.dispose();
    if (step % part === 0) {
      losses.push(sum / part);
      console.log(`trained with ${trained}, step ${step}, loss ${losses.at(-1)!.toFixed(3)}`);
      sum = 0;
    }
  }
  const accuracy = askedWith.map((asked) => accuracyOf(modelOf(asked, parameters)));
  optimizer.dispose();
  parameters.dispose();
  return { setting, trained, steps, losses, accuracy, examples };
}

/** On examples of another seed than those of training. */
function accuracyOf(model: Reformer): number {
  const reader = batches(copyTask({ length, numSymbols, seed: 2 }), { batch: 1 });
  let [right, asked] = [0, 0];
  for (let i = 0; i < examples; i++) {
    const { inputs, targets } = reader.next();
    const answers = tf.tidy(() => {
      const { x1, x2 } = encode(model, tf.tensor2d(inputs, [1, length], "int32"), { seed: i });
      const rows = (x: tf.Tensor) => tf.reshape(x, [length, -1]) as tf.Tensor2D;
      return tf.argMax(model.head.logits(rows(x1), rows(x2)), 1).dataSync();
    });
    targets.forEach((target, position) => {
      if (target === ignored) return;
      asked++;
      if (answers[position] === target) right++;
    });
  }
  return right / asked;
}
