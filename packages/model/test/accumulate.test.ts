/** A step of several batches is the step of one batch that holds them all. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import {
  adam,
  createReformer,
  initializeParameters,
  resolveConfig,
  trainStep,
  type Batch,
  type ReformerOptions,
} from "../src/index";

const length = 32;
const options: ReformerOptions = {
  vocabSize: 11,
  dModel: 16,
  dFF: 24,
  numHeads: 2,
  dHead: 8,
  layers: ["local", "lsh"],
  maxLength: length,
  chunkLength: 8,
  // Every query sees every key once: float32's last digit must not decide what is attended to.
  chunksBefore: 3,
};

/** `count` batches of `rows` windows, the same windows however they are dealt out. */
function dealt(count: number, rows: number): Batch[] {
  const random = Random.fromSeed(3);
  const draw = () => Int32Array.from({ length: rows * length }, () => random.integer(11));
  return Array.from({ length: count }, () => {
    const tokens = draw();
    return {
      inputs: tokens,
      targets: tokens.map((token, i) => ((i % length) % 5 === 0 ? -1 : token)),
      batch: rows,
      length,
    };
  });
}

interface Way {
  batches: Batch[];
  clipNorm?: number | null;
  config?: ReformerOptions;
  keepLayers?: number;
}

function losses({ batches, clipNorm = null, config: more = {}, keepLayers = 0 }: Way, steps = 4) {
  const config = resolveConfig({ ...options, ...more });
  const parameters = initializeParameters(config, 1);
  // A large epsilon: gradients that are all but zero must not decide directions by their rounding.
  const optimizer = adam(parameters, { epsilon: 1e-3 });
  const model = createReformer(config, parameters);
  const found = Array.from({ length: steps }, (_, step) => {
    const taken = trainStep(model, optimizer, batches, {
      seed: step,
      learningRate: 0.01,
      clipNorm,
      keepLayers,
    });
    const values = [taken.loss, taken.gradientNorm].map((scalar) => scalar?.dataSync()[0] ?? 0);
    taken.loss.dispose();
    taken.gradientNorm?.dispose();
    return values;
  });
  optimizer.dispose();
  parameters.dispose();
  return found;
}

describe("several batches", () => {
  it.each([
    ["plain", {}],
    ["clipped", { clipNorm: 0.5 }],
    ["activations kept", { keepLayers: 2 }],
    [
      "shared parameters",
      { config: { tieEmbeddings: true, tieLayers: true, layers: ["lsh", "lsh"] } as ReformerOptions },
    ],
  ])("learn as one: %s", (_, way: Omit<Way, "batches">) => {
    const one = losses({ ...way, batches: dealt(1, 4) });
    for (const parts of [2, 4]) {
      const several = losses({ ...way, batches: dealt(parts, 4 / parts) });
      for (const [i, values] of one.entries()) {
        for (const [j, value] of values.entries()) {
          expect(Math.abs(several[i]![j]! - value)).toBeLessThan(1e-5 * (1 + value));
        }
      }
    }
  });

  it("drop other activations in each, the same when done again", () => {
    const config: ReformerOptions = { hiddenDropout: 0.3, layers: ["local"] };
    const [batch] = dealt(1, 2) as [Batch];
    const twice = losses({ config, batches: [batch, batch] }, 1);
    expect(twice).toEqual(losses({ config, batches: [batch, batch] }, 1));
    const once = losses({ config, batches: [batch] }, 1);
    expect(Math.abs(twice[0]![0]! - once[0]![0]!)).toBeGreaterThan(1e-4);
  });

  it("leave no tensor behind", () => {
    losses({ batches: dealt(2, 1) }, 1);
    const before = tf.memory().numTensors;
    losses({ batches: dealt(3, 1), clipNorm: 1 }, 2);
    expect(tf.memory().numTensors).toBe(before);
  });
});
