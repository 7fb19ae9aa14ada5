/** What must hold of a model whatever its options: random configurations, small enough to run each in an instant. */
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createDecoder, encode, lossAndGradients, type Reformer, type ReformerOptions } from "../src/index";
import { anyOptions as options, build, draw } from "./any-model";
import { fullPass } from "./full-pass";

const length = fc.integer({ min: 2, max: 24 });

/** Runs `use`, after which no tensor may be left. */
function withModel(given: ReformerOptions, use: (model: Reformer) => void): void {
  const before = tf.memory().numTensors;
  const model = build(given);
  use(model);
  model.parameters.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

it("rebuilt layers, heads together or one by one, give the gradients of kept ones, every parameter once, and nothing is left", () => {
  fc.assert(
    fc.property(options, length, fc.nat(), (given, size, seed) =>
      withModel(given, (model) => {
        const batch = {
          inputs: draw(2 * size, seed),
          targets: draw(2 * size, seed + 1),
          batch: 2,
          length: size,
        };
        const gradientsWith = (how: { keepLayers?: number; headByHead?: boolean }) => {
          const gradients = new Map<string, Float32Array>();
          const sink = (name: string, gradient: tf.Tensor) => {
            expect(gradients.has(name)).toBe(false);
            gradients.set(name, gradient.dataSync() as Float32Array);
            gradient.dispose();
          };
          lossAndGradients(model, batch, { seed, ...how, sink }).dispose();
          return gradients;
        };
        const kept = gradientsWith({ keepLayers: 3 });
        for (const rebuilt of [gradientsWith({}), gradientsWith({ headByHead: true })]) {
          expect([...rebuilt.keys()].toSorted()).toEqual(model.parameters.names().toSorted());
          const wrong = [...rebuilt].filter(([name, gradient]) => {
            const expected = kept.get(name)!;
            const error = Math.hypot(...gradient.map((value, i) => value - expected[i]!));
            return !(error < 1e-5 + 1e-4 * Math.hypot(...expected));
          });
          expect(wrong.map(([name]) => name)).toEqual([]);
        }
      }),
    ),
  );
});

it("with strict routing a later token never changes an earlier output", () => {
  fc.assert(
    fc.property(options, length, fc.nat(), fc.nat(), (given, size, at, seed) =>
      withModel({ ...given, routing: "strict" }, (model) => {
        const kept = at % size;
        const tokens = draw(size, seed);
        const changed = Int32Array.from([...tokens.subarray(0, kept), ...draw(size - kept, seed + 1)]);
        tf.tidy(() => {
          const [before, after] = [tokens, changed].map((ids) => {
            const { x1, x2 } = encode(model, tf.tensor2d(ids, [1, size], "int32"));
            return tf.slice(tf.concat([x1, x2], 2), [0, 0, 0], [1, kept, 16]).dataSync() as Float32Array;
          });
          const largest = before!.reduce((most, value, i) => Math.max(most, Math.abs(value - after![i]!)), 0);
          expect(largest).toBeLessThan(1e-4);
        });
      }),
    ),
  );
});

/** The decoder's logits after `tokens`, read up to `promptLength`, beside those of the full pass over all of them. */
async function bothWays(model: Reformer, tokens: Int32Array, promptLength: number) {
  const decoder = createDecoder(model);
  await decoder.read([tokens.slice(0, promptLength)]);
  for (const token of tokens.subarray(promptLength)) await decoder.append([token]);
  const [cached] = decoder.logits;
  decoder.dispose();
  return { cached: cached!, full: await fullPass(model, tokens) };
}

/** Tokens that rounding may make the likeliest: one, unless several are all but equal. */
function likeliest(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  return [...logits.keys()].filter((token) => logits[token]! > highest - 2e-4);
}

it.each<[string, (given: ReformerOptions) => ReformerOptions]>([
  ["strictly routed LSH layers, among others", (given) => ({ ...given, routing: "strict" })],
  [
    "local and full layers",
    (given) => ({
      ...given,
      routing: "classic",
      layers: given.layers!.map((kind) => (kind === "lsh" ? "full" : kind)),
      // A window longer than a short ring meets a chunk twice, so what is seen would depend on how many tokens follow.
      ring: given.chunksBefore! < 2,
    }),
  ],
])("the decoder writes what the full pass predicts: %s", async (_name, exact) => {
  await fc.assert(
    fc.asyncProperty(options, length, fc.nat(), fc.nat(), async (given, size, at, seed) => {
      const model = build(exact(given));
      const { cached, full } = await bothWays(model, draw(size, seed), 1 + (at % (size - 1)));
      cached.forEach((value, i) => expect(Math.abs(value - full[i]!)).toBeLessThan(1e-4));
      expect(likeliest(full)).toContain(cached.indexOf(Math.max(...cached)));
      model.parameters.dispose();
    }),
  );
});
