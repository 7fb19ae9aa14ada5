/**
 * Language models of one size on the same bytes in the same order, which differ in one thing: how they attend, or whether
 * their layers are reversible.
 */
import {
  batches,
  batchesOnce,
  bitsPerByte,
  randomWindows,
  sequentialWindows,
  sliceOf,
  splitTail,
} from "@reformer-ts/data";
import { openByteSource } from "@reformer-ts/data/node";
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
  type ReformerOptions,
} from "@reformer-ts/model";
import { fileURLToPath } from "node:url";
import { onceMeasured } from "./result-files";
import { regularLossAndGradients, regularNats } from "./regular-residual";

interface Variant {
  label: string;
  options: ReformerOptions;
  /** An ordinary residual network in place of the reversible one. */
  regular?: boolean;
}

export interface TextExperiment {
  /** Bytes in a window. */
  length: number;
  steps: number;
  variants: Record<string, Variant>;
}

/** Bytes held out that every evaluation reads, and steps between evaluations. */
const heldOutBytes = 32_768;
const evaluations = 12;

const layers = (kind: "lsh" | "full") => Array.from({ length: 3 }, () => kind);
/** An LSH layer whose threshold no sequence passes attends in full, with queries and keys shared. */
const sharedFull = (length: number): ReformerOptions => ({
  layers: layers("lsh"),
  fullAttentionThreshold: length,
});
const rounds = (numHashes: number): Variant => ({
  label: numHashes === 1 ? "LSH, 1 round" : `LSH, ${numHashes} rounds`,
  options: { layers: layers("lsh"), numHashes },
});

export const textExperiments: Record<string, TextExperiment> = {
  attention: {
    length: 1024,
    steps: 1200,
    variants: {
      "lsh-1": rounds(1),
      "lsh-2": rounds(2),
      "lsh-4": rounds(4),
      "lsh-8": rounds(8),
      shared: { label: "full attention, shared queries and keys", options: sharedFull(1024) },
      separate: { label: "full attention, separate queries and keys", options: { layers: layers("full") } },
    },
  },
  reversible: {
    length: 512,
    steps: 1200,
    variants: {
      reversible: { label: "reversible", options: { layers: layers("full") } },
      regular: { label: "ordinary residuals", options: { layers: layers("full") }, regular: true },
    },
  },
};

export interface TextResult {
  label: string;
  parameters: number;
  length: number;
  steps: number;
  /** Mean training loss of each fortieth, in bits per byte. */
  training: number[];
  /** Steps and bits per byte of the text held out. */
  heldOut: [steps: number, bitsPerByte: number][];
  tokensPerSecond: number;
}

export async function measureText(name: string, experiment: TextExperiment): Promise<void> {
  for (const [key, variant] of Object.entries(experiment.variants)) {
    await onceMeasured(`${name}-${key}`, name, () => train(experiment, variant));
  }
}

async function train({ length, steps }: TextExperiment, variant: Variant): Promise<TextResult> {
  const config = resolveConfig({
    dModel: 256,
    dFF: 512,
    numHeads: 4,
    dHead: 64,
    maxLength: length,
    chunkLength: 64,
    ...variant.options,
  });
  const parameters = initializeParameters(config, 1);
  const model = createReformer(config, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  const book = openByteSource(
    fileURLToPath(new URL("../../apps/trainer/assets/crime-and-punishment.txt.gz", import.meta.url)),
  );
  const split = splitTail(book, { heldOut: 0.05 });
  const heldOut = sliceOf(split.heldOut, 0, heldOutBytes);
  const reader = batches(randomWindows(split.train, { length, seed: 1 }), { batch: 4 });
  const schedule = { kind: "cosine", peak: 1e-3, warmup: 100, total: steps } as const;

  const result: TextResult = {
    label: variant.label,
    parameters: countParameters(config),
    length,
    steps,
    training: [],
    heldOut: [],
    tokensPerSecond: 0,
  };
  let sum = 0;
  let seconds = 0;
  for (let step = 1; step <= steps; step++) {
    const { inputs, targets, shape } = reader.next();
    const started = performance.now();
    const batch = { inputs, targets, batch: shape[0], length };
    sum += await stepOf(variant, model, optimizer, batch, {
      seed: step,
      learningRate: learningRateAt(schedule, step),
    });
    seconds += (performance.now() - started) / 1000;
    if (step % (steps / 40) === 0) {
      result.training.push(sum / (steps / 40) / Math.LN2);
      sum = 0;
    }
    if (step % (steps / evaluations) === 0) {
      result.heldOut.push([step, await evaluate(variant, model, heldOut, length)]);
      console.log(`${variant.label}, step ${step}: ${result.heldOut.at(-1)![1].toFixed(3)} bits per byte`);
    }
  }
  result.tokensPerSecond = Math.round((steps * 4 * length) / seconds);
  optimizer.dispose();
  parameters.dispose();
  book.close();
  return result;
}

async function stepOf(
  { regular = false }: Variant,
  model: Reformer,
  optimizer: Optimizer,
  batch: Batch,
  { seed, learningRate }: { seed: number; learningRate: number },
): Promise<number> {
  let loss;
  if (regular) {
    optimizer.beginStep(learningRate);
    loss = regularLossAndGradients(model, batch, { seed, sink: optimizer.update });
  } else {
    loss = trainStep(model, optimizer, batch, { seed, learningRate }).loss;
  }
  const value = (await loss.data())[0]!;
  loss.dispose();
  return value;
}

async function evaluate(
  { regular = false }: Variant,
  model: Reformer,
  source: Parameters<typeof sequentialWindows>[0],
  length: number,
) {
  let total = 0;
  for (const { inputs, targets, shape } of batchesOnce(sequentialWindows(source, { length }), { batch: 4 })) {
    const batch = { inputs, targets, batch: shape[0], length };
    const nats = regular ? regularNats(model, batch) : evaluateBatch(model, batch).nats;
    total += (await nats.data())[0]!;
    nats.dispose();
  }
  return bitsPerByte(total, source.length);
}
