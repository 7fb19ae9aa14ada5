import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import {
  adam,
  createReformer,
  encode,
  initializeParameters,
  inspectAttention,
  lossAndGradients,
  resolveConfig,
  trainStep,
  type Batch,
  type ReformerOptions,
} from "../src/index";

const small: ReformerOptions = {
  vocabSize: 11,
  dModel: 16,
  dFF: 24,
  numHeads: 2,
  dHead: 8,
  layers: ["local", "lsh"],
  maxLength: 64,
  chunkLength: 8,
  // Forty tokens in chunks of eight: every query sees every key once, so no nudge of a parameter re-routes attention.
  chunksBefore: 4,
  initializerRange: 0.2,
};

function randomBatch(length: number, batch = 2): Batch {
  const random = Random.fromSeed(5);
  const tokens = () => Int32Array.from({ length: batch * length }, () => random.integer(11));
  return { inputs: tokens(), targets: tokens(), batch, length };
}

function build(options: ReformerOptions) {
  const config = resolveConfig(options);
  const parameters = initializeParameters(config, 1);
  return { config, parameters, model: createReformer(config, parameters) };
}

/** Every gradient on the host, and the loss. */
async function gradientsOf(options: ReformerOptions, keepLayers = 0, batch = randomBatch(40)) {
  const { model, parameters } = build(options);
  const gradients: Record<string, Float32Array> = {};
  const sink = (name: string, gradient: tf.Tensor) => {
    gradients[name] = gradient.dataSync() as Float32Array;
    gradient.dispose();
  };
  const loss = lossAndGradients(model, batch, { seed: 3, sink, keepLayers });
  const value = (await loss.data())[0]!;
  loss.dispose();
  return { loss: value, gradients, parameters, model, batch };
}

describe("lossAndGradients", () => {
  it.each<[string, ReformerOptions]>([
    ["mixed layers", small],
    ["gelu", { ...small, activation: "gelu" }],
    ["several rounds and factors", { ...small, numHashes: 3, numBuckets: [4, 2], chunksBefore: 14 }],
    ["full attention and learned positions", { ...small, layers: ["full"], positions: "learned" }],
    ["three axes", { ...small, axialShape: [4, 4, 4], axialDims: [6, 6, 4] }],
    ["geglu", { ...small, activation: "geglu" }],
    ["swiglu with dropout", { ...small, layers: ["local"], activation: "swiglu", hiddenDropout: 0.2 }],
    ["rotary positions", { ...small, positions: "rotary", layers: ["lsh", "local", "full"] }],
    ["tied embeddings", { ...small, tieEmbeddings: true, headBias: true }],
    ["a factored embedding", { ...small, embeddingDims: 6 }],
    [
      "a factored embedding that is tied",
      { ...small, embeddingDims: 6, tieEmbeddings: true, hiddenDropout: 0.1 },
    ],
    ["tied layers", { ...small, layers: ["local", "lsh", "local", "lsh"], tieLayers: true }],
    ["memory keys", { ...small, layers: ["lsh", "local", "full"], numMemoryKeys: 3 }],
    [
      "everything at once",
      {
        ...small,
        layers: ["lsh", "local", "lsh"],
        positions: "rotary",
        activation: "glu",
        numMemoryKeys: 2,
        tieLayers: true,
        tieEmbeddings: true,
        embeddingDims: 10,
        localSharedQueryKey: true,
      },
    ],
    [
      "keys counted once",
      { ...small, layers: ["lsh"], numHashes: 2, numBuckets: 4, chunksBefore: 4, duplicateCorrection: true },
    ],
    [
      "full attention below a threshold",
      { ...small, layers: ["lsh"], fullAttentionThreshold: 40, chunksBefore: 1 },
    ],
    ["dropout", { ...small, layers: ["local", "full"], hiddenDropout: 0.2, localDropout: 0.1 }],
  ])("is the slope of the loss along random directions: %s", async (_name, options) => {
    const { gradients, parameters, model, batch } = await gradientsOf(options);
    expect(Object.keys(gradients).toSorted()).toEqual([...parameters.names()].toSorted());
    const random = Random.fromSeed(9);
    const lossAt = () => {
      const loss = lossAndGradients(model, batch, { seed: 3, sink: (_, gradient) => gradient.dispose() });
      return loss.dataSync()[0]!;
    };
    for (const name of parameters.names()) {
      const original = parameters.get(name).clone();
      const gradient = gradients[name]!;
      const originalValues = original.dataSync();
      const direction = random.normals(gradient.length);
      // Along the gradient itself, so that the slope stands above the noise of 32-bit floats.
      const length = Math.hypot(...gradient);
      const along = direction.map(
        (value, i) => 0.3 * value * (length / Math.sqrt(gradient.length)) + gradient[i]!,
      );
      const norm = Math.hypot(...along) || 1;
      const slope = along.reduce((sum, value, i) => sum + value * gradient[i]!, 0) / norm;
      const h = 1e-3 * Math.max(1, Math.hypot(...originalValues));
      const shifted = (sign: number) => {
        const shift = tf.tensor(
          along.map((value) => (value * sign * h) / norm),
          original.shape,
        );
        parameters.set(name, tf.add(original, shift));
        shift.dispose();
        return lossAt();
      };
      const measured = (shifted(1) - shifted(-1)) / (2 * h);
      parameters.set(name, original);
      expect
        .soft(Math.abs(measured - slope), `${name}: measured ${measured}, computed ${slope}`)
        .toBeLessThan(2e-3 + 0.05 * Math.abs(slope));
    }
  });

  it("gives the same gradients however many layers are kept", async () => {
    const options = {
      ...small,
      hiddenDropout: 0.1,
      lshDropout: 0.1,
      layers: ["lsh", "local", "lsh"] as const,
    };
    const rebuilt = await gradientsOf({ ...options, layers: [...options.layers] }, 0);
    const kept = await gradientsOf({ ...options, layers: [...options.layers] }, 2);
    expect(kept.loss).toBeCloseTo(rebuilt.loss, 5);
    for (const [name, gradient] of Object.entries(rebuilt.gradients)) {
      const difference = Math.hypot(...gradient.map((value, i) => value - kept.gradients[name]![i]!));
      expect.soft(difference, name).toBeLessThan(1e-5 + 1e-4 * Math.hypot(...gradient));
    }
  });

  it("refuses a token that is not in the vocabulary", async () => {
    const batch = { ...randomBatch(16), targets: new Int32Array(32).fill(11) };
    await expect(gradientsOf(small, 0, batch)).rejects.toThrow(
      "targets[0] is 11, but must be a token from -1 to 10.",
    );
  });
});

describe("trainStep", () => {
  it.each([null, 1])("lowers the loss and leaks nothing (clipNorm %s)", async (clipNorm) => {
    const { model, parameters } = build(small);
    const optimizer = adam(parameters);
    const batch = randomBatch(40);
    const losses: number[] = [];
    let tensors = 0;
    for (let step = 1; step <= 12; step++) {
      const { loss, gradientNorm } = trainStep(model, optimizer, batch, {
        seed: step,
        learningRate: 0.01,
        clipNorm,
      });
      losses.push((await loss.data())[0]!);
      loss.dispose();
      gradientNorm?.dispose();
      if (step === 1) tensors = tf.memory().numTensors;
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  });

  it("moves nothing for a batch that it refuses, wherever in the step that stands", () => {
    const { model, parameters } = build(small);
    const optimizer = adam(parameters);
    const good = randomBatch(40);
    const nothing = { ...good, targets: good.targets.map(() => -1) };
    const refused: [string, Batch[]][] = [
      ["inputs[0] is 11", [good, { ...good, inputs: good.inputs.map(() => 11) }]],
      ["length is 65 tokens", [good, randomBatch(65)]],
      ["batch is 0, but must be an integer of at least 1", [{ ...nothing, batch: 0 }]],
      ["length is 0.5, but must be an integer of at least 1", [{ ...nothing, length: 0.5 }]],
      ["targets is -1 everywhere", [nothing, nothing]],
      ["batches is empty", []],
    ];
    const before = tf.memory().numTensors;
    const weights = parameters.get("head.weight").dataSync().slice();
    for (const [message, batches] of refused) {
      const step = () => trainStep(model, optimizer, batches, { seed: 1, learningRate: 0.01, clipNorm: 1 });
      expect(step).toThrow(message);
    }
    expect(optimizer.step).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
    expect(parameters.get("head.weight").dataSync()).toEqual(weights);
  });

  it("lets a batch ask nothing where another asks", () => {
    const good = randomBatch(40);
    const nothing = { ...good, targets: good.targets.map(() => -1) };
    const lossOf = (batches: Batch[]) => {
      const { model, parameters } = build(small);
      const { loss } = trainStep(model, adam(parameters), batches, { seed: 1, learningRate: 0.01 });
      return [loss.dataSync()[0]!, ...parameters.get("head.weight").dataSync()];
    };
    expect(lossOf([nothing, good])).toBeAllClose(lossOf([good]), { absolute: 1e-6, relative: 1e-5 });
    expect(lossOf([good, nothing])).toBeAllClose(lossOf([good]), { absolute: 1e-6, relative: 1e-5 });
  });
});

describe("parameters", () => {
  it("may be set to what they are", () => {
    const { parameters } = build(small);
    const weight = parameters.get("head.weight");
    parameters.set("head.weight", weight);
    expect(parameters.get("head.weight").isDisposed).toBe(false);
  });
});

describe("encode", () => {
  it.each<[string, number[]]>([
    ["tokens is 65 tokens, but must be at most maxLength = 64", [1, 65]],
    ["tokens is of shape [8], but must be [batch, length]", [8]],
  ])("refuses: %s", (message, shape) => {
    const { model } = build(small);
    const tokens: tf.Tensor2D = tf.zeros(shape as [number, number], "int32");
    expect(() => encode(model, tokens)).toThrow(message);
    expect(() => inspectAttention(model, tokens, { layer: 0, queries: [0] })).toThrow(message);
  });
});
