/** Trains every variant of a comparison for the same steps, once with every seed. */
import { bitsPerByte } from "@reformer-ts/data";
import {
  adam,
  countParameters,
  createReformer,
  initializeParameters,
  learningRateAt,
  resolveConfig,
  type Reformer,
} from "@reformer-ts/model";
import type { Scalar } from "@tensorflow/tfjs-core";
import type { Comparison, Variant } from "./comparisons";
import type { Corpus } from "./corpora";
import { networks, type Network } from "./networks";
import { onceMeasured } from "./result-files";

const evaluations = 6;

export interface ComparisonResult {
  label: string;
  seed: number;
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
  for (const seed of comparison.seeds) {
    for (const [key, variant] of Object.entries(comparison.variants)) {
      if (variant.seeds?.includes(seed) === false) continue;
      const file = seed === 1 ? `${name}-${key}` : `${name}-${key}-seed-${seed}`;
      await onceMeasured(file, at ? `${name} FOLDER` : name, () => train(comparison, variant, corpus, seed));
    }
  }
  corpus.close();
}

async function train(
  { length, batch, steps, learningRate: usual, model: shared }: Comparison,
  { label, options, network: wiring = "reversible", learningRate = usual }: Variant,
  corpus: Corpus,
  seed: number,
): Promise<ComparisonResult> {
  const network = networks[wiring];
  const config = resolveConfig({ ...shared, maxLength: length, ...options });
  const parameters = initializeParameters(config, seed);
  const model = createReformer(config, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  const reader = corpus.training(batch, seed);
  const schedule = { kind: "cosine", peak: learningRate, warmup: steps / 12, total: steps } as const;

  const training: number[] = [];
  const heldOut: [number, number][] = [];
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const { inputs, targets } = reader.next();
    optimizer.beginStep(learningRateAt(schedule, step));
    const how = { seed: (seed - 1) * steps + step, sink: optimizer.update };
    sum += await read(network.lossAndGradients(model, { inputs, targets, batch, length }, how));
    if (step % (steps / 40) === 0) {
      training.push(sum / (steps / 40) / Math.LN2);
      sum = 0;
    }
    if (step % (steps / evaluations) === 0) {
      heldOut.push([step, await evaluate(network, model, corpus, batch)]);
      console.log(`${label}, step ${step}: ${heldOut.at(-1)![1].toFixed(3)} bits`);
    }
  }
  optimizer.dispose();
  parameters.dispose();
  const { heldOutTokens } = corpus;
  const setting = { label, seed, parameters: countParameters(config), length, batch, steps };
  return { ...setting, learningRate, heldOutTokens, training, heldOut };
}

async function evaluate(network: Network, model: Reformer, corpus: Corpus, size: number) {
  let total = 0;
  for (const { inputs, targets, shape } of corpus.heldOut(size)) {
    const batch = { inputs, targets, batch: shape[0], length: shape[1] };
    total += await read(network.nats(model, batch));
  }
  return bitsPerByte(total, corpus.heldOutTokens);
}

/** Takes `value`. */
async function read(value: Scalar): Promise<number> {
  const [number] = await value.data();
  value.dispose();
  return number!;
}
