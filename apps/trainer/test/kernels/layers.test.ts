/** A model's fused layers: loss and every gradient equal those of composed ops, whatever is kept and however many threads. */
import "@reformer-ts/internal-testkit";
import {
  createReformer,
  initializeParameters,
  lossAndGradients,
  resolveConfig,
  type ReformerOptions,
} from "@reformer-ts/model";
import { Random } from "@reformer-ts/internal-random";
import { tensor1d, type Tensor } from "@tensorflow/tfjs-core";
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
      for (const [name, gradient] of Object.entries(expected)) {
        const size = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0) / gradient.length);
        expect(actual[name]!, name).toBeAllClose(gradient, { absolute: 1e-6 + 1e-4 * size, relative: 1e-4 });
      }
    }),
    { numRuns: 200 },
  );
});

test("gradients are the same to the last bit, whatever the number of threads", () => {
  const given: Case = { options: {}, batch: 2, length: 2048, keepLayers: 1 };
  setKernelThreads(1);
  const alone = gradientsOf(given);
  for (const threads of [2, 5]) {
    setKernelThreads(threads);
    expect(gradientsOf(given)).toEqual(alone);
  }
});
