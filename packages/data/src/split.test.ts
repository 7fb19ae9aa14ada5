import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitByCounts, splitByFractions, splitStandard, splitTail } from "./split";
import { tokensOf } from "./token-source";

const numbered = (length: number) => tokensOf(Int32Array.from({ length }, (_, i) => i));

describe("splits", () => {
  it("holds out the end of a novel", () => {
    const { train, heldOut } = splitTail(numbered(100));
    expect(train.length).toBe(90);
    expect([...heldOut.read(0, 10)]).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  });

  it("gives Wikipedia's markup its standard parts: of enwik8, 90, 5 and 5 MB", () => {
    const nothing = { length: 100_000_000, read: () => new Int32Array() };
    const sizes = ({ train, validation, test }: ReturnType<typeof splitStandard>) =>
      [train, validation, test].map(({ length }) => length);
    expect(sizes(splitStandard(nothing))).toEqual([90_000_000, 5_000_000, 5_000_000]);
    expect(sizes(splitStandard(numbered(6_000)))).toEqual([5_400, 300, 300]);
  });

  it("puts every token in exactly one part, in order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 500 }),
        fc.array(fc.integer({ min: 5, max: 9 }), { minLength: 1, maxLength: 5 }),
        (length, weights) => {
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const parts = splitByFractions(
            numbered(length),
            weights.map((weight) => weight / total),
          );
          expect(parts).toHaveLength(weights.length);
          expect(parts.flatMap((part) => [...part.read(0, part.length)])).toEqual([
            ...numbered(length).read(0, length),
          ]);
        },
      ),
    );
  });

  it("splits by counts as enwik8 is split", () => {
    const [train, validation, test] = splitByCounts(numbered(120), [90, 5, 5]);
    expect(train!.length).toBe(90);
    expect([...validation!.read(0, 5)]).toEqual([90, 91, 92, 93, 94]);
    expect([...test!.read(0, 5)]).toEqual([95, 96, 97, 98, 99]);
  });

  it("refuses what would leave a part empty or ask for more than there is", () => {
    expect(() => splitTail(numbered(3))).toThrow("split is a part from token 3 to 3");
    for (const heldOut of [0, 1, -0.1, NaN])
      expect(() => splitTail(numbered(100), { heldOut })).toThrow("above 0");
    expect(() => splitByFractions(numbered(9), [0.5, 0.4])).toThrow(
      "split is [0.5, 0.4], but must be fractions above 0 that sum to 1.",
    );
    expect(() => splitByCounts(numbered(9), [5, 5])).toThrow("split is [5, 5] of 9 tokens");
    expect(() => splitByCounts(numbered(9), [5, -1])).toThrow("split is a part from token 5 to 4");
  });
});
