import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { batches } from "./batches";
import { tokensOf } from "./token-source";
import { randomWindows, sequentialWindows } from "./windows";

const numbered = (length: number) => tokensOf(Int32Array.from({ length }, (_, i) => i + 1));

describe("randomWindows", () => {
  it("asks for the token after each input", () => {
    const windows = randomWindows(numbered(1000), { length: 7, seed: 1 });
    for (let i = 0; i < 300; i++) {
      const { inputs, targets } = windows.example(i);
      expect([...targets]).toEqual(Array.from(inputs, (token) => token + 1));
      expect([...inputs]).toEqual(Array.from({ length: 7 }, (_, j) => inputs[0]! + j));
    }
  });

  it("never asks for a token twice in one epoch, and leaves out fewer than two windows' worth", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        (length, extra, seed) => {
          const size = length + extra;
          const windows = randomWindows(numbered(size), { length, seed });
          const perEpoch = Math.max(1, Math.floor((size - 1) / length) - 1);
          for (const epoch of [0, 3]) {
            const asked = Array.from({ length: perEpoch }, (_, i) => [
              ...windows.example(epoch * perEpoch + i).targets,
            ]).flat();
            expect(new Set(asked).size).toBe(asked.length);
            expect(size - 1 - asked.length).toBeLessThan(2 * length);
          }
        },
      ),
    );
  });

  it("cuts every epoch elsewhere, so that in time every token is asked for", () => {
    const windows = randomWindows(numbered(64), { length: 8, seed: 5 });
    const asked = new Set(Array.from({ length: 1200 }, (_, i) => [...windows.example(i).targets]).flat());
    expect(asked.size).toBe(63);
  });

  it("depends on the seed and the number of the window alone", () => {
    const source = numbered(5000);
    const a = randomWindows(source, { length: 16, seed: 9 });
    const b = randomWindows(source, { length: 16, seed: 9 });
    const backwards = Array.from({ length: 900 }, (_, i) => b.example(899 - i)).toReversed();
    expect(Array.from({ length: 900 }, (_, i) => a.example(i))).toEqual(backwards);
    const other = randomWindows(source, { length: 16, seed: 10 });
    expect(Array.from({ length: 20 }, (_, i) => other.example(i))).not.toEqual(backwards.slice(0, 20));
  });

  it("goes on after a stop as if there had been none", () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.nat({ max: 30 }), (before, after) => {
        const windows = randomWindows(numbered(300), { length: 9, seed: 2 });
        const uninterrupted = batches(windows, { batch: 3 });
        const stopped = batches(windows, { batch: 3 });
        for (let step = 0; step < before; step++) stopped.next();
        const position = JSON.parse(JSON.stringify(stopped.position));
        const again = randomWindows(numbered(300), { length: 9, seed: 2 });
        const resumed = batches(again, { batch: 3, position });
        for (let step = 0; step < before; step++) uninterrupted.next();
        for (let step = 0; step < after; step++) expect(resumed.next()).toEqual(uninterrupted.next());
      }),
    );
  });

  it("takes a text of exactly one window and refuses a shorter one", () => {
    const { inputs, targets } = randomWindows(numbered(5), { length: 4, seed: 0 }).example(7);
    expect([[...inputs], [...targets]]).toEqual([
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
    expect(() => randomWindows(numbered(4), { length: 4, seed: 0 })).toThrow(
      "text is 4 tokens long, but must be at least 5 tokens, one more than a window.",
    );
    expect(() => randomWindows(numbered(9), { length: 0, seed: 0 })).toThrow("length is 0");
  });
});

describe("sequentialWindows", () => {
  it("counts every token exactly once, after the token before it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat({ max: 19 }),
        (size, length, lessStride) => {
          const stride = Math.max(1, length - lessStride);
          const windows = sequentialWindows(numbered(size), { length, stride, startToken: 0 });
          const counted: number[] = [];
          for (let index = 0; index < windows.count; index++) {
            const { inputs, targets } = windows.example(index);
            expect([inputs.length, targets.length]).toEqual([length, length]);
            targets.forEach((target, i) => {
              if (target === -1) return;
              expect(inputs[i]).toBe(target - 1);
              counted.push(target);
            });
          }
          expect(counted).toEqual(Array.from({ length: size }, (_, i) => i + 1));
        },
      ),
    );
  });

  it("gives every counted token at least length - stride tokens of context, but the first", () => {
    const windows = sequentialWindows(numbered(40), { length: 10, stride: 4 });
    for (let index = 1; index < windows.count; index++) {
      expect(windows.example(index).targets.findIndex((target) => target !== -1)).toBe(6);
    }
  });

  it("refuses an empty text and strides that would leave gaps", () => {
    expect(() => sequentialWindows(numbered(0), { length: 4 })).toThrow("text is empty");
    expect(() => sequentialWindows(numbered(9), { length: 4, stride: 5 })).toThrow(
      "stride is 5, but must be an integer from 1 to 4.",
    );
  });
});
