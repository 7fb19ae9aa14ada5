import { Random } from "@reformer-ts/internal-random";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CountTable } from "./count-table";
import { markovBits } from "./markov";
import { tokensOf } from "./token-source";

const random = Random.fromSeed(3);
const noise = tokensOf(Uint8Array.from({ length: 60_000 }, () => random.integer(4)));

const text = tokensOf(Uint8Array.of(0, 1, 0, 2, 0, 1, 1, 0));
const bits = (tokens: number[]) =>
  markovBits(text, tokensOf(Uint8Array.from(tokens)), { order: 2, vocabSize: 4 }) * tokens.length;

describe("markovBits", () => {
  it("finds two bits in random bases, and nothing by looking further back", () => {
    expect(markovBits(noise, noise, { order: 0, vocabSize: 4 })).toBeCloseTo(2, 3);
    const other = tokensOf(Uint8Array.from({ length: 60_000 }, () => random.integer(4)));
    expect(markovBits(noise, other, { order: 3, vocabSize: 4 })).toBeGreaterThan(1.999);
  });

  it("finds next to nothing in what repeats", () => {
    const wheel = tokensOf(Uint8Array.from({ length: 9000 }, (_, i) => i % 3));
    expect(markovBits(wheel, wheel, { order: 0, vocabSize: 4 })).toBeCloseTo(Math.log2(3), 2);
    expect(markovBits(wheel, wheel, { order: 1, vocabSize: 4 })).toBeLessThan(0.05);
  });

  it("spreads probabilities that sum to one over what may follow", () => {
    const sum = [0, 1, 2, 3]
      .map((last) => {
        return 2 ** -(bits([0, 1, last]) - bits([0, 1]));
      })
      .reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 10);
  });

  it("refuses orders whose contexts have no numbers", () => {
    for (const order of [-1, 0.5, 40]) {
      expect(() => markovBits(noise, noise, { order, vocabSize: 4 })).toThrow(`order is ${order}`);
    }
    expect(() => markovBits(noise, noise, { order: 1, vocabSize: 4, prior: 0 })).toThrow("prior is 0");
    expect(() => markovBits(noise, tokensOf(new Uint8Array()), { order: 1, vocabSize: 4 })).toThrow(
      "is empty",
    );
  });
});

describe("CountTable", () => {
  it("counts as a Map does", () => {
    const keys = fc.oneof(fc.nat({ max: 50 }), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 3000 }), (list) => {
        const [table, map] = [new CountTable(), new Map<number, number>()];
        for (const key of list) {
          expect(table.increment(key)).toBe(map.get(key) ?? 0);
          map.set(key, (map.get(key) ?? 0) + 1);
        }
        for (const [key, count] of map) expect(table.get(key)).toBe(count);
        expect(table.get(12345.5)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
