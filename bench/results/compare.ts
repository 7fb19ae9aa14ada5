/** Trains every variant of a comparison for the same steps. */
import { bitsPerByte } from "@reformer-ts/data";
import {
  adam,
  countParameters,
  createReformer,
  evaluateBatch,
  initializeParameters,
  learningRateAt,
  resolveConfig,
  trainStep,
  type Batch,
  type Optimizer,
  type Reformer,
} from "@reformer-ts/model";
import type { Scalar } from "@tensorflow/tfjs-core";
import type { Comparison, Variant } from "./comparisons";
import type { Corpus } from "./corpora";
import { regularLossAndGradients, regularNats } from "./regular-residual";
import { onceMeasured } from "./result-files";

const evaluations = 6;

export interface ComparisonResult {
  label: string;
  parameters: number;
  length: number;
  batch: number;
  steps: number;
  learningRate: number;
  heldOutTokens: number;
  /** Mean training loss of each fortieth, in bits per token. */
  training: number[];
  /** Steps and bits per token of the part held out. */
  heldOut: [steps: number, bits: number][];
}

export async function measureComparison(name: string, comparison: Comparison, at?: string): Promise<void> {
  const corpus = comparison.open(comparison.length, at);
  for (const [key, variant] of Object.entries(comparison.variants)) {
    await onceMeasured(`${name}-${key}`, at ? `${name} FOLDER` : name, () =>
      train(comparison, variant, corpus),
    );
  }
  corpus.close();
}

async function train(
  { length, batch, steps, learningRate, model: shared }: Comparison,
  variant: Variant,
  corpus: Corpus,
): Promise<ComparisonResult> {
  const config = resolveConfig({ ...shared, maxLength: length, ...variant.options });
  const parameters = initializeParameters(config, 1);
  const model = createReformer(config, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  const reader = corpus.training(batch);
  const schedule = { kind: "cosine", peak: learningRate, warmup: steps / 12, total: steps } as const;

  const training: number[] = [];
  const heldOut: [number, number][] = [];
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const { inputs, targets } = reader.next();
    const how = { seed: step, learningRate: learningRateAt(schedule, step) };
    sum += await stepOf(variant, model, optimizer, { inputs, targets, batch, length }, how);
    if (step % (steps / 40) === 0) {
      training.push(sum / (steps / 40) / Math.LN2);
      sum = 0;
    }
    if (step % (steps / evaluations) === 0) {
      heldOut.push([step, await evaluate(variant, model, corpus, batch)]);
      console.log(`${variant.label}, step ${step}: ${heldOut.at(-1)![1].toFixed(3)} bits`);
    }
  }
  optimizer.dispose();
  parameters.dispose();
  const { heldOutTokens } = corpus;
  const setting = { label: variant.label, parameters: countParameters(config), length, batch, steps };
  return { ...setting, learningRate, heldOutTokens, training, heldOut };
}

async function stepOf(
  { regular = false }: Variant,
  model: Reformer,
  optimizer: Optimizer,
  batch: Batch,
  { seed, learningRate }: { seed: number; learningRate: number },
): Promise<number> {
  if (!regular) return read(trainStep(model, optimizer, batch, { seed, learningRate }).loss);
  optimizer.beginStep(learningRate);
  return read(regularLossAndGradients(model, batch, { seed, sink: optimizer.update }));
}

async function evaluate({ regular = false }: Variant, model: Reformer, corpus: Corpus, size: number) {
  let total = 0;
  for (const { inputs, targets, shape } of corpus.heldOut(size)) {
    const batch = { inputs, targets, batch: shape[0], length: shape[1] };
    total += await read(regular ? regularNats(model, batch) : evaluateBatch(model, batch).nats);
  }
  return bitsPerByte(total, corpus.heldOutTokens);
}

/** Takes `value`. */
async function read(value: Scalar): Promise<number> {
  const [number] = await value.data();
  value.dispose();
  return number!;
}
