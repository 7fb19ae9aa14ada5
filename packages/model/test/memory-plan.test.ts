/** Estimates against what steps really hold, and plans against budgets. */
import { expect, it } from "vitest";
import {
  adam,
  createReformer,
  estimatePassBytes,
  estimateStepBytes,
  evaluateBatch,
  initializeParameters,
  leastMemory,
  measurePeakBytes,
  planMemory,
  resolveConfig,
  stepShape,
  trainStep,
  type MemoryChoices,
  type ReformerOptions,
} from "../src/index";

const tokens = 4096;
const models: Record<string, ReformerOptions> = {
  "local and LSH": {},
  "local alone": { layers: ["local", "local"] },
  "LSH alone, two rounds": { layers: ["lsh", "lsh"], numHashes: 2 },
  "wide heads": { numHeads: 4, dHead: 32, dModel: 64 },
  "wide feed-forward": { dFF: 512 },
};
const ways: MemoryChoices[] = [
  { keepLayers: 0, headByHead: true },
  { keepLayers: 0, headByHead: false },
  { keepLayers: 1, headByHead: false },
  { keepLayers: 2, headByHead: false },
];
const configOf = (options: ReformerOptions) =>
  resolveConfig({
    vocabSize: 64,
    dModel: 128,
    dFF: 256,
    numHeads: 2,
    dHead: 32,
    layers: ["local", "lsh"],
    maxLength: tokens,
    chunkLength: 64,
    ...options,
  });

for (const [name, options] of Object.entries(models)) {
  it(`estimates within 15%: ${name}`, () => {
    const config = configOf(options);
    const shape = stepShape(config, { batch: 1, length: tokens });
    const inputs = Int32Array.from({ length: tokens }, (_, i) => (i * 7) % 64);
    const batch = { inputs, targets: inputs, batch: 1, length: tokens };
    const ratios = ways.map((choices) => {
      const peak = measurePeakBytes(() => {
        const parameters = initializeParameters(config, 1);
        const optimizer = adam(parameters);
        const model = createReformer(config, parameters);
        trainStep(model, optimizer, batch, { seed: 1, learningRate: 1e-3, ...choices }).loss.dispose();
        optimizer.dispose();
        parameters.dispose();
      });
      return estimateStepBytes(config, shape, choices) / peak;
    });
    const passes = [true, false].map((headByHead) => {
      const peak = measurePeakBytes(() => {
        const parameters = initializeParameters(config, 1);
        evaluateBatch(createReformer(config, parameters), batch, { headByHead }).nats.dispose();
        parameters.dispose();
      });
      return estimatePassBytes(config, shape, { headByHead }) / peak;
    });
    for (const ratio of [...ratios, ...passes]) {
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
    }
  });
}

it("keeps the layers that fit, and recomputes the rest", () => {
  const config = configOf({ layers: ["local", "lsh", "local", "lsh"] });
  const shape = { batch: 1, length: tokens, fused: false };
  const bytes = (choices: MemoryChoices) => estimateStepBytes(config, shape, choices);
  const together = [4, 3, 2, 1, 0].map((keepLayers) => ({ keepLayers, headByHead: false }));
  for (const budget of [...together.map(bytes), bytes(leastMemory)]) {
    const mostKept = together.find((choices) => bytes(choices) <= budget) ?? leastMemory;
    expect(planMemory(config, shape, budget)).toEqual(mostKept);
  }
  expect(planMemory(config, shape, Infinity)).toEqual({ keepLayers: 4, headByHead: false });
});

it("refuses what cannot fit, with the estimate and what would", () => {
  const config = configOf({ maxLength: 1 << 20 });
  const shape = { batch: 1, length: 1 << 20, fused: false };
  const refusal = (length: number) => {
    try {
      planMemory(config, { ...shape, length }, 1e9);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const message = refusal(1 << 20);
  expect(message).toMatch(/1 x 1048576 tokens.* \d+\.\d GB .*1\.0 GB.*about \d+ tokens/);
  const longest = Number(/about (\d+) tokens/.exec(message)![1]);
  expect(refusal(longest)).toBe("");
  expect(refusal(longest * 2)).toContain("about");
});
