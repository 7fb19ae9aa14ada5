/** The paper's translation models: whole by their shapes, trained for two steps scaled down. */
import { expect, it } from "vitest";
import {
  adam,
  encoderDecoderShapes,
  learningRateAt,
  resolveEncoderDecoder,
  trainPairStep,
  translationPresets,
  type EncoderDecoderOptions,
} from "../../src/index";
import { build, randomPairs } from "./pairs";

const names = Object.keys(translationPresets) as (keyof typeof translationPresets)[];

it.each([
  ["wmt-ende", 512, 2048],
  ["wmt-ende-big", 1024, 4096],
] as const)("%s has the parameters of its sublayers", (name, width, inner) => {
  const shapes = encoderDecoderShapes(resolveEncoderDecoder(translationPresets[name].model));
  const total = Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
  const norm = 2 * width;
  const attention = 4 * width * width + norm;
  const feedForward = 2 * width * inner + inner + width + norm;
  const encoder = 6 * (attention + feedForward) + norm;
  const decoder = 6 * (2 * attention + feedForward) + norm;
  const tables = 33_300 * width + 2 * 2048 * width + (width + 1) * 33_300;
  expect(total).toBe(encoder + decoder + tables);
});

it("learns at the authors' rates: 9.8e-4 and 7.0e-4 at their highest, then as one over the root", () => {
  const rateAt = (name: keyof typeof translationPresets, step: number) =>
    learningRateAt(translationPresets[name].training.schedule, step);
  expect(rateAt("wmt-ende", 8000)).toBeCloseTo(9.84e-4, 6);
  expect(rateAt("wmt-ende-big", 8000)).toBeCloseTo(6.99e-4, 6);
  expect(rateAt("wmt-ende", 32_000)).toBeCloseTo(4.92e-4, 6);
  expect(rateAt("wmt-ende", 80)).toBeCloseTo(9.84e-6, 8);
});

it.each(names)("%s trains, scaled down", (name) => {
  const { model: options, training } = translationPresets[name];
  const scaled: EncoderDecoderOptions = { ...options, vocabSize: 11, dModel: 32, dFF: 64, dHead: 8 };
  const model = build({ ...scaled, maxLength: 64 });
  const optimizer = adam(model.parameters, training.optimizer);
  const pairs = randomPairs();
  const losses = [1, 2].map((step) => {
    const { loss } = trainPairStep(model, optimizer, pairs, { seed: 7, learningRate: 1e-3 * step });
    return loss.dataSync()[0]!;
  });
  expect(losses[1]).toBeLessThan(losses[0]!);
  optimizer.dispose();
  model.parameters.dispose();
});
