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
  type Reformer,
  type ReformerConfig,
} from "@reformer-ts/model";
import * as tf from "@tensorflow/tfjs-core";
import { onceMeasured } from "./result-files";

interface Setting {
  /** Tokens of `0 w 0 w`. */
  length: number;
  numSymbols: number;
  chunkLength: number;
  dModel: number;
  steps: number;
  batch: number;
  learningRate: number;
  /** learned, or as the paper's long sequences have them. */
  positions?: "learned" | "axial";
  /** Hash rounds that are trained with; {@link trainedWith} unless given. */
  trained?: number[];
}

/** `paper` is the paper's own task and width; it is silent about chunks, batch and rates. The others are its small relatives. */
export const duplicationSettings: Record<string, Setting> = {
  tiny: {
    length: 64,
    numSymbols: 31,
    chunkLength: 8,
    dModel: 128,
    steps: 2000,
    batch: 16,
    learningRate: 2e-3,
  },
  "tiny-axial": {
    length: 64,
    numSymbols: 31,
    chunkLength: 8,
    dModel: 128,
    steps: 2000,
    batch: 16,
    learningRate: 2e-3,
    positions: "axial",
    trained: [0, 1],
  },
  small: {
    length: 128,
    numSymbols: 63,
    chunkLength: 16,
    dModel: 256,
    steps: 4000,
    batch: 16,
    learningRate: 1e-3,
  },
  paper: {
    length: 1024,
    numSymbols: 127,
    chunkLength: 64,
    dModel: 256,
    steps: 150_000,
    batch: 8,
    learningRate: 1e-3,
  },
};

/** Hash rounds that are trained with and asked with; 0 is full attention. */
export const trainedWith = [0, 4, 2, 1];
export const askedWith = [0, 8, 4, 2, 1];

export interface DuplicationResult {
  setting: Setting;
  rounds: number;
  /** Mean loss in nats of each fiftieth of the training. */
  losses: number[];
  /** Share of the second half that is right, in the order of {@link askedWith}. */
  accuracy: number[];
  examples: number;
}

export async function measureDuplication(name: string): Promise<void> {
  const setting = duplicationSettings[name];
  if (!setting) throw new Error(`settings are ${Object.keys(duplicationSettings).join(", ")}, not "${name}"`);
  for (const rounds of setting.trained ?? trainedWith) {
    await onceMeasured(`duplication-${name}-${rounds}`, `duplication ${name}`, () =>
      trainAndAsk(setting, rounds),
    );
  }
}

function withRounds(setting: Setting, rounds: number): ReformerConfig {
  const { length, numSymbols, chunkLength, dModel, positions = "learned" } = setting;
  return resolveConfig({
    vocabSize: numSymbols + 1,
    dModel,
    dFF: dModel,
    numHeads: 4,
    dHead: dModel / 4,
    layers: ["lsh"],
    maxLength: length,
    chunkLength,
    chunksAfter: 0,
    numHashes: Math.max(rounds, 1),
    fullAttentionThreshold: rounds === 0 ? length : 0,
    positions,
    embeddingRange: 0.3,
  });
}

async function trainAndAsk(setting: Setting, rounds: number): Promise<DuplicationResult> {
  const { length, numSymbols, steps, batch, learningRate } = setting;
  const config = withRounds(setting, rounds);
  const parameters = initializeParameters(config, 1);
  const model = createReformer(config, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  const reader = batches(copyTask({ length, numSymbols, seed: 1 }), { batch });
  const schedule = {
    kind: "cosine",
    peak: learningRate,
    warmup: Math.min(500, steps / 10),
    total: steps,
  } as const;
  const losses: number[] = [];
  const part = Math.ceil(steps / 50);
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const { inputs, targets } = reader.next();
    const { loss } = trainStep(
      model,
      optimizer,
      { inputs, targets, batch, length },
      {
        seed: step,
        learningRate: learningRateAt(schedule, step),
        clipNorm: 1,
      },
    );
    sum += (await loss.data())[0]!;
    loss.dispose();
    if (step % part === 0) {
      losses.push(sum / part);
      console.log(`rounds ${rounds}, step ${step}, loss ${losses.at(-1)!.toFixed(3)}`);
      sum = 0;
    }
  }
  const examples = 64;
  const accuracy = askedWith.map((asked) =>
    accuracyOf(createReformer(withRounds(setting, asked), parameters), setting, examples),
  );
  optimizer.dispose();
  parameters.dispose();
  return { setting, rounds, losses, accuracy, examples };
}

/** On examples of another seed than those of training. */
function accuracyOf(model: Reformer, { length, numSymbols }: Setting, examples: number): number {
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
