/** A long prompt is read in segments, head by head: what it leaves is what a prompt leaves that is read whole. */
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createDecoder, type Reformer, type ReformerOptions } from "../src/index";
import { anyOptions, build, draw } from "./any-model";
import { fullPass } from "./full-pass";

const maxLength = 90;
const continuation = [3, 0, 5];

/** Reads prompts, and goes on; what is predicted on the way, and what every layer attends to at the end. */
async function readAndGoOn(model: Reformer, prompts: Int32Array[], segmentLength: number) {
  const decoder = createDecoder(model);
  const shares: number[] = [];
  await decoder.read(prompts, { segmentLength, onProgress: (share) => shares.push(share) });
  const logits = [...decoder.logits];
  const seen = () => [...model.config.layers.keys()].flatMap((layer) => decoder.attended(layer));
  const attended = seen();
  for (const token of continuation) {
    await decoder.append(prompts.map(() => token));
    logits.push(...decoder.logits);
  }
  const { caches } = decoder.bytes;
  attended.push(...seen());
  decoder.dispose();
  return { logits, attended, caches, shares };
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(1e-4);
};

const cases = fc.record({
  options: anyOptions,
  count: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: maxLength - continuation.length }),
  segmentLength: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});

it("leaves the logits and the caches of a prompt that is read whole, and no tensor", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ options, count, length, segmentLength, seed }) => {
      const before = tf.memory().numTensors;
      const model = build({ ...options, maxLength } as ReformerOptions);
      const prompts = Array.from({ length: count }, (_, i) => draw(length, seed + i));
      const cut = await readAndGoOn(model, prompts, segmentLength);
      const whole = await readAndGoOn(model, prompts, maxLength);
      cut.logits.forEach((logits, i) => close(logits, whole.logits[i]!));
      for (const [i, prompt] of prompts.entries()) close(cut.logits[i]!, await fullPass(model, prompt));
      expect(cut.caches).toBe(whole.caches);
      for (const [i, row] of cut.attended.entries()) {
        const { keys, memory } = whole.attended[i]!;
        close(
          row.keys.map(({ position }) => position),
          keys.map(({ position }) => position),
        );
        close(
          row.keys.map(({ weight }) => weight),
          keys.map(({ weight }) => weight),
        );
        close(row.memory, memory);
      }
      expect(cut.shares).toEqual(cut.shares.toSorted((a, b) => a - b));
      expect(cut.shares.at(-1)).toBe(1);
      expect(tf.memory().numTensors).toBe(before + model.parameters.names().length);
      model.parameters.dispose();
    }),
  );
});

it("lets go of everything when its caller stops it", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.double({ min: 0, max: 1, noNaN: true }), async (given, share) => {
      const before = tf.memory().numTensors;
      const model = build({ ...given.options, maxLength } as ReformerOptions);
      const prompts = Array.from({ length: given.count }, (_, i) => draw(given.length, given.seed + i));
      const onProgress = (done: number) => {
        if (done >= share) throw new Error("enough");
      };
      const read = createDecoder(model).read(prompts, { segmentLength: given.segmentLength, onProgress });
      await expect(read).rejects.toThrow("enough");
      expect(tf.memory().numTensors).toBe(before + model.parameters.names().length);
      model.parameters.dispose();
    }),
    { numRuns: 50 },
  );
});
