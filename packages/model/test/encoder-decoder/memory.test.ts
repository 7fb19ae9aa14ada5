/** Estimates against what steps on pairs really hold, and plans against budgets. */
import { expect, it } from "vitest";
import {
  adam,
  createEncoderDecoder,
  estimatePairBytes,
  initializeEncoderDecoder,
  measurePeakBytes,
  planPairMemory,
  resolveEncoderDecoder,
  trainPairStep,
  translationPresets,
  type EncoderDecoderOptions,
} from "../../src/index";

const length = 128;
const batch = 2;
const models: Record<string, EncoderDecoderOptions> = {
  "full attention": {},
  "local and LSH": { encoderLayers: ["local", "lsh"], decoderLayers: ["lsh", "local"] },
  "a wide vocabulary": { vocabSize: 4096 },
};
const configOf = (options: EncoderDecoderOptions) =>
  resolveEncoderDecoder({
    vocabSize: 64,
    dModel: 64,
    dFF: 256,
    numHeads: 2,
    dHead: 32,
    encoderLayers: ["full", "full"],
    decoderLayers: ["full", "full"],
    positions: "learned",
    maxLength: length,
    chunkLength: 32,
    ...options,
  });

it.each(Object.entries(models))("estimates what a step holds, rather above than below: %s", (_, options) => {
  const config = configOf(options);
  const tokens = Int32Array.from({ length: batch * length }, (_token, i) => 2 + ((i * 7) % 60));
  const pairs = { source: tokens, sourceLength: length, inputs: tokens, targets: tokens, batch, length };
  const ratios = [0, 1, 2].map((keepLayers) => {
    const peak = measurePeakBytes(() => {
      const parameters = initializeEncoderDecoder(config, 1);
      const optimizer = adam(parameters);
      const model = createEncoderDecoder(config, parameters);
      trainPairStep(model, optimizer, pairs, { seed: 1, learningRate: 1e-3, keepLayers }).loss.dispose();
      optimizer.dispose();
      parameters.dispose();
    });
    return estimatePairBytes(config, { batch, length }, keepLayers) / peak;
  });
  for (const ratio of ratios) {
    expect.soft(ratio).toBeGreaterThan(0.9);
    expect.soft(ratio).toBeLessThan(1.5);
  }
});

it("keeps the layers that fit, and refuses what cannot", () => {
  const config = resolveEncoderDecoder(translationPresets["wmt-ende"].model);
  const shape = { batch: 64, length: 256 };
  const bytes = (keepLayers: number) => estimatePairBytes(config, shape, keepLayers);
  for (const keepLayers of [6, 3, 0])
    expect(planPairMemory(config, shape, bytes(keepLayers)).keepLayers).toBe(keepLayers);
  expect(() => planPairMemory(config, shape, bytes(0) - 1)).toThrow(
    /^batch is 64 pairs of 256 tokens, a step of which needs an estimated \d\.\d GB of tensors at the least, but must be/,
  );
});
