/** What an encoder-decoder must not depend on, and what it must not keep. */
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  evaluatePairs,
  initializeEncoderDecoder,
  createEncoderDecoder,
  pairLossAndGradients,
  resolveEncoderDecoder,
  type AttentionKind,
  type EncoderDecoder,
  type PairBatch,
} from "../../src/index";
import { build, randomPairs, small, vocabSize } from "./pairs";

/** Nats of each target by itself. */
function natsByPosition(model: EncoderDecoder, pairs: PairBatch): number[] {
  return Array.from({ length: pairs.batch * pairs.length }, (_, position) => {
    const targets = pairs.targets.map((target, i) => (i === position ? Math.max(0, target) : -1));
    const { nats } = evaluatePairs(model, { ...pairs, targets });
    const value = nats.dataSync()[0]!;
    nats.dispose();
    return value;
  });
}

const runs = { numRuns: Number(process.env["REFORMER_PROPERTY_RUNS"] ?? 15) };

it("predicts from earlier target tokens alone", () => {
  const model = build();
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2, max: vocabSize - 1 }),
      (seed, at, token) => {
        const pairs = randomPairs(13, 9, seed);
        const before = natsByPosition(model, pairs);
        const inputs = pairs.inputs.slice();
        inputs[at] = token;
        const after = natsByPosition(model, { ...pairs, inputs });
        // Of the first sequence what stands before the change, and all of the second.
        const independent = [...after.keys()].filter((i) => i < at || i >= 9);
        for (const i of independent) expect(after[i]).toBeCloseTo(before[i]!, 5);
      },
    ),
    runs,
  );
});

it("reads the whole source: changing any token of it changes the first prediction", () => {
  const model = build();
  const pairs = randomPairs();
  const [before] = natsByPosition(model, pairs);
  for (let at = 0; at < pairs.sourceLength; at++) {
    const source = pairs.source.slice();
    source[at] = 2 + ((source[at]! - 1) % (vocabSize - 2));
    expect(Math.abs(natsByPosition(model, { ...pairs, source })[0]! - before!)).toBeGreaterThan(1e-5);
  }
});

it("does not see how far a source is filled up", () => {
  const model = build();
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), (seed, extra) => {
      const pairs = randomPairs(13, 5, seed);
      const wider = 13 + extra;
      const source = new Int32Array(2 * wider);
      for (const row of [0, 1]) source.set(pairs.source.subarray(row * 13, (row + 1) * 13), row * wider);
      const expected = natsByPosition(model, pairs);
      natsByPosition(model, { ...pairs, source, sourceLength: wider }).forEach((value, i) =>
        expect(value).toBeCloseTo(expected[i]!, 4),
      );
    }),
    runs,
  );
});

/** Bytes of tensors that a backward pass needs at its peak, parameters set aside; gradients are let go as they come. */
async function peakActivations(encoderDepth: number, decoderDepth: number, keepLayers = 0): Promise<number> {
  const kinds: AttentionKind[] = ["full", "local", "lsh"];
  const layers = (depth: number) => Array.from({ length: depth }, (_, i) => kinds[i % 3]!);
  const config = resolveEncoderDecoder({
    ...small,
    dModel: 32,
    encoderLayers: layers(encoderDepth),
    decoderLayers: layers(decoderDepth),
    maxLength: 128,
    chunkLength: 32,
  });
  const parameters = initializeEncoderDecoder(config, 0);
  const model = createEncoderDecoder(config, parameters);
  const pairs = randomPairs(128, 128);
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    const options = { seed: 1, keepLayers, sink: (_: string, gradient: tf.Tensor) => gradient.dispose() };
    return pairLossAndGradients(model, pairs, options);
  });
  parameters.dispose();
  return peakBytes - before;
}

it.each([
  ["encoder", 18, 3],
  ["decoder", 3, 18],
])("stores the activations of one layer of the %s: 3 and 18 layers within 10%%", async (_, ...depths) => {
  const shallow = await peakActivations(3, 3);
  const deep = await peakActivations(...depths);
  expect(deep / shallow).toBeLessThan(1.1);
  expect(deep / shallow).toBeGreaterThan(0.9);
});

it("grows with depth when layers are kept, so the measure can tell", async () => {
  expect((await peakActivations(12, 12, 12)) / (await peakActivations(3, 3, 3))).toBeGreaterThan(2);
});
