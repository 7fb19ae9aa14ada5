/** A model's fused layers: loss and every gradient equal those of composed ops, whatever is kept and however many threads. */
import "@reformer-ts/internal-testkit";
import {
  adam,
  countParameters,
  createReformer,
  estimatePassBytes,
  estimateStepBytes,
  evaluateBatch,
  initializeParameters,
  lossAndGradients,
  measurePeakBytes,
  resolveConfig,
  stepShape,
  trainStep,
  type Optimizer,
  type Reformer,
  type ReformerOptions,
} from "@reformer-ts/model";
import { Random } from "@reformer-ts/internal-random";
import { tensor1d, tensor2d, tidy, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";

import { setKernelThreads } from "../../src/kernels/open-kernels";
import { composed, openFused } from "./fused";

await openFused();
const processors = setKernelThreads(2);

afterEach(() => {
  setKernelThreads(processors ?? 1);
});

interface Case {
  options: Partial<ReformerOptions>;
  batch: number;
  length: number;
  keepLayers: number;
  headByHead?: boolean;
}

/** Loss and gradients of a small model, on the host. */
function gradientsOf({ options, batch, length, ...how }: Case): Record<string, Float32Array> {
  const config = resolveConfig({
    vocabSize: 29,
    dModel: 32,
    dFF: 48,
    numHeads: 2,
    dHead: 16,
    layers: ["local", "lsh"],
    maxLength: 4096,
    chunkLength: 8,
    // Every query sees every key once, so no rounding can re-route attention.
    chunksBefore: (options.numHashes ?? 1) * Math.ceil(Math.min(length, 96) / 8) - 1,
    initializerRange: 0.2,
    ...options,
  });
  const parameters = initializeParameters(config, 1);
  // And no rounding moves a number across the corner of relu: half of them are far above, half far below.
  for (const name of parameters.names().filter((each) => each.endsWith("expand.bias"))) {
    const bias = Float32Array.from({ length: config.dFF }, (_, i) => (i % 2 === 0 ? 8 : -8));
    parameters.set(name, tensor1d(bias));
  }
  const random = Random.fromSeed(length);
  const draw = (least: number) =>
    Int32Array.from({ length: batch * length }, () => least + random.integer(29 - least));
  const found: Record<string, Float32Array> = {};
  const sink = (name: string, gradient: Tensor) => {
    found[name] = gradient.dataSync() as Float32Array;
    gradient.dispose();
  };
  const data = { inputs: draw(0), targets: draw(-1), batch, length };
  const loss = lossAndGradients(createReformer(config, parameters), data, { seed: 3, sink, ...how });
  found["loss"] = loss.dataSync() as Float32Array;
  loss.dispose();
  parameters.dispose();
  return found;
}

/** Root of the mean square. */
function sizeOf(gradient: Float32Array): number {
  return Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0) / gradient.length);
}

test("200 random models agree with the composed path", () => {
  const testCase = fc.record({
    options: fc.record({
      dModel: fc.constantFrom(16, 32, 80),
      dFF: fc.constantFrom(16, 48, 128),
      numHeads: fc.integer({ min: 1, max: 3 }),
      dHead: fc.constantFrom(8, 16, 48),
      vocabSize: fc.constantFrom(29, 64),
      layers: fc.constantFrom<ReformerOptions["layers"]>(["lsh"], ["local"], ["full", "lsh"]),
      numHashes: fc.constantFrom(1, 2),
    }) as fc.Arbitrary<Partial<ReformerOptions>>,
    batch: fc.integer({ min: 1, max: 2 }),
    length: fc.integer({ min: 1, max: 90 }),
    keepLayers: fc.integer({ min: 0, max: 2 }),
    headByHead: fc.boolean(),
  });
  fc.assert(
    fc.property(testCase, (given) => {
      const [actual, expected] = [
        gradientsOf(given),
        composed(() => gradientsOf({ ...given, headByHead: false })),
      ];
      expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
      // A gradient that vanishes, as a lone query's, is a difference of numbers as large as the others'.
      const largest = Math.max(...Object.values(expected).map(sizeOf));
      for (const [name, gradient] of Object.entries(expected)) {
        const absolute = 1e-6 + 1e-4 * sizeOf(gradient) + 1e-5 * largest;
        expect(actual[name]!, name).toBeAllClose(gradient, { absolute, relative: 1e-4 });
      }
    }),
    { numRuns: 200 },
  );
});

test("gradients are the same to the last bit, whatever the number of threads", () => {
  for (const given of [
    { options: {}, batch: 2, length: 2048, keepLayers: 1 },
    { options: {}, batch: 2, length: 2048, keepLayers: 0, headByHead: true },
  ]) {
    setKernelThreads(1);
    const alone = gradientsOf(given);
    for (const threads of [2, 5]) {
      setKernelThreads(threads);
      expect(gradientsOf(given)).toEqual(alone);
    }
  }
});

// One layer, so that all its inputs are the same, and nothing can be routed differently.
test.each([
  ["LSH", { layers: ["lsh"], chunksBefore: 1 }],
  ["LSH, looking ahead", { layers: ["lsh"], chunksBefore: 1, chunksAfter: 1, causal: false }],
  ["LSH within its buckets", { layers: ["lsh"], chunksBefore: 2, acrossBuckets: false }],
  ["strictly causal LSH", { layers: ["lsh"], chunksBefore: 1, routing: "strict" }],
  ["local", { layers: ["local"], localChunksBefore: 1 }],
  ["local with shared queries and keys", { layers: ["local"], localSharedQueryKey: true }],
  ["local without a ring, chunks unlike a tile", { layers: ["local"], localChunkLength: 24, ring: false }],
] as [string, Partial<ReformerOptions>][])("many chunks of one head as one kernel: %s", (_, options) => {
  for (const [batch, length] of [
    [1, 8 * 300],
    [2, 1001],
  ] as const) {
    const given = { options, batch, length, keepLayers: 0 };
    const inParts = gradientsOf(given);
    for (const [name, gradient] of Object.entries(gradientsOf({ ...given, headByHead: true }))) {
      const absolute = 1e-6 + 1e-4 * sizeOf(inParts[name]!);
      expect(gradient, name).toBeAllClose(inParts[name]!, { absolute, relative: 1e-4 });
    }
  }
});

test.each([1, 2])("%i rounds: steps need the tensors that were estimated, within 15 in 100", (numHashes) => {
  const config = resolveConfig({
    vocabSize: 29,
    dModel: 128,
    dFF: 256,
    numHeads: 2,
    dHead: 32,
    numHashes,
    layers: ["local", "lsh"],
    maxLength: 8192,
    chunkLength: 64,
  });
  const inputs = Int32Array.from({ length: 8192 }, (_, i) => (i * 7) % 29);
  const batch = { inputs, targets: inputs, batch: 1, length: 8192 };
  const shape = stepShape(config, batch);
  const bytesOf = (use: (model: Reformer, optimizer: Optimizer) => Scalar) =>
    measurePeakBytes(() => {
      const parameters = initializeParameters(config, 1);
      const optimizer = adam(parameters);
      use(createReformer(config, parameters), optimizer).dispose();
      optimizer.dispose();
      parameters.dispose();
    });
  const moments = 2 * 4 * countParameters(config);
  for (const headByHead of [true, false]) {
    for (const keepLayers of headByHead ? [0] : [0, 1, 2]) {
      const choices = { keepLayers, headByHead };
      const step = bytesOf(
        (model, optimizer) =>
          trainStep(model, optimizer, batch, { seed: 1, learningRate: 1e-3, ...choices }).loss,
      );
      expect(
        Math.abs(estimateStepBytes(config, shape, choices) / step - 1),
        JSON.stringify(choices),
      ).toBeLessThan(0.15);
    }
    const pass = bytesOf((model) => evaluateBatch(model, batch, { headByHead }).nats) - moments;
    expect(Math.abs(estimatePassBytes(config, shape, { headByHead }) / pass - 1), "forward").toBeLessThan(
      0.15,
    );
  }
});

test("a long sequence is embedded as without kernels, to the last bit", () => {
  const config = resolveConfig({ vocabSize: 29, dModel: 16, maxLength: 2 ** 17 });
  const parameters = initializeParameters(config, 1);
  const embed = () =>
    tidy(() => {
      const tokens = Int32Array.from({ length: 2 * 40_001 }, (_, i) => i % 29);
      const embedding = createReformer(config, parameters).embedding({ training: false });
      return embedding.forward(tensor2d(tokens, [2, 40_001], "int32"), 0).dataSync();
    });
  expect(embed()).toEqual(composed(embed));
  parameters.dispose();
});

test("a step of 48 layers needs the tensors of one of 2, a head at a time", () => {
  const peak = (depth: number) => {
    const config = resolveConfig({
      vocabSize: 29,
      dModel: 32,
      dFF: 48,
      numHeads: 2,
      dHead: 16,
      layers: Array.from({ length: depth }, (__, i) => (i % 2 === 0 ? "local" : "lsh")),
      maxLength: 2048,
      chunkLength: 16,
    });
    const parameters = initializeParameters(config, 1);
    const model = createReformer(config, parameters);
    const inputs = Int32Array.from({ length: 2048 }, (__, i) => (i * 7) % 29);
    const batch = { inputs, targets: inputs, batch: 1, length: 2048 };
    const sink = (__: string, gradient: Tensor) => gradient.dispose();
    const bytes = measurePeakBytes(() => {
      lossAndGradients(model, batch, { seed: 3, sink, headByHead: true }).dispose();
    });
    parameters.dispose();
    return bytes;
  };
  expect(peak(48) / peak(2)).toBeLessThan(1.01);
});
