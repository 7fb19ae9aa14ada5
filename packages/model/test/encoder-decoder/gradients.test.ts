/** The gradient of an encoder-decoder: the slope of its loss, however much is rebuilt. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import { evaluatePairs, type EncoderDecoderOptions } from "../../src/index";
import { borrowed, build, gradientsOf, randomPairs, small } from "./pairs";

const shallow: EncoderDecoderOptions = { ...small, encoderLayers: ["full"], decoderLayers: ["full", "full"] };
// Every query sees every key once, so no nudge of a parameter re-routes attention.
const chunkedKinds: EncoderDecoderOptions = {
  ...small,
  encoderLayers: ["lsh", "local"],
  decoderLayers: ["local", "lsh"],
  chunksBefore: 1,
  chunksAfter: 0,
};

describe("pairLossAndGradients", () => {
  it.each<[string, EncoderDecoderOptions]>([
    ["one table for both sides", shallow],
    ["a table of each side's own", { ...shallow, sourceVocabSize: 13 }],
    [
      "axial positions, no bias, gelu",
      { ...shallow, positions: "axial", headBias: false, activation: "gelu" },
    ],
    ["chunked kinds", chunkedKinds],
    ["options of the layers", { ...shallow, ...borrowed }],
    ["dropout", { ...shallow, hiddenDropout: 0.2, localDropout: 0.1 }],
  ])("is the slope of the loss along random directions: %s", (_name, options) => {
    const model = build(options);
    const { parameters } = model;
    const pairs = randomPairs();
    const { gradients } = gradientsOf(model, pairs);
    expect(Object.keys(gradients).toSorted()).toEqual(parameters.names().toSorted());
    const random = Random.fromSeed(9);
    const lossAt = () => {
      if (model.config.hiddenDropout > 0) return gradientsOf(model, pairs).loss;
      const { nats, count } = evaluatePairs(model, pairs, { seed: 3 });
      const loss = nats.dataSync()[0]! / count;
      nats.dispose();
      return loss;
    };
    for (const name of parameters.names()) {
      const original = parameters.get(name).clone();
      const gradient = gradients[name]!;
      // Mostly along the gradient, so that the slope stands above the noise of 32-bit floats.
      const share = (0.3 * Math.hypot(...gradient)) / Math.sqrt(gradient.length);
      const along = random.normals(gradient.length).map((value, i) => share * value + gradient[i]!);
      const norm = Math.hypot(...along) || 1;
      const slope = along.reduce((sum, value, i) => sum + value * gradient[i]!, 0) / norm;
      const h = 1e-3 * Math.max(1, Math.hypot(...original.dataSync()));
      const shifted = (sign: number) => {
        const shift = tf.tensor(
          along.map((value) => (value * sign * h) / norm),
          original.shape,
        );
        parameters.set(name, tf.add(original, shift));
        return lossAt();
      };
      const measured = (shifted(1) - shifted(-1)) / (2 * h);
      parameters.set(name, original);
      expect
        .soft(Math.abs(measured - slope), `${name}: measured ${measured}, computed ${slope}`)
        .toBeLessThan(2e-3 + 0.05 * Math.abs(slope));
    }
  });

  it("gives the same gradients however many layers are kept, under dropout too", () => {
    const options: EncoderDecoderOptions = {
      ...small,
      encoderLayers: ["full", "lsh", "local"],
      decoderLayers: ["lsh", "full", "local"],
      hiddenDropout: 0.2,
      lshDropout: 0.1,
      localDropout: 0.1,
    };
    const model = build(options);
    const pairs = randomPairs(29, 21);
    const kept = gradientsOf(model, pairs, { keepLayers: 3 });
    for (const keepLayers of [0, 1]) {
      const { loss, gradients } = gradientsOf(model, pairs, { keepLayers });
      expect(loss).toBeCloseTo(kept.loss, 5);
      for (const [name, gradient] of Object.entries(gradients)) {
        const difference = Math.hypot(...gradient.map((value, i) => value - kept.gradients[name]![i]!));
        expect.soft(difference, name).toBeLessThan(1e-5 + 1e-4 * Math.hypot(...gradient));
      }
    }
  });

  it("has the loss of evaluation when nothing is dropped, and leaves no tensor behind", () => {
    const model = build();
    const pairs = randomPairs();
    const before = tf.memory().numTensors;
    const { loss } = gradientsOf(model, pairs);
    gradientsOf(model, pairs, { keepLayers: 1 });
    const { nats, count } = evaluatePairs(model, pairs);
    expect(nats.dataSync()[0]! / count).toBeCloseTo(loss, 5);
    nats.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses what does not fit", () => {
    const model = build({ ...small, sourceVocabSize: 20 });
    const pairs = randomPairs();
    const source = pairs.source.slice().fill(20, 4, 5);
    expect(() => gradientsOf(model, { ...pairs, source })).toThrow(
      "source[4] is 20, but must be a token from 0 to 19.",
    );
    expect(() => gradientsOf(model, randomPairs(65))).toThrow(
      "source is 65 tokens, but must be at most maxLength = 64, the size of the position table.",
    );
    expect(() => gradientsOf(model, { ...pairs, inputs: source.slice(0, 18) })).toThrow(
      "inputs[4] is 20, but must be a token from 0 to 10.",
    );
  });
});
