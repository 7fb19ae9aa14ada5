import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { permuted } from "./permutation";

const order = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => permuted(i, count, seed));

describe("permuted", () => {
  it("gives every index once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, seed) => {
        expect(order(count, seed).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
      }),
    );
  });

  it("puts each index in each place about equally often", () => {
    const seen = new Float64Array(10 * 10);
    for (let seed = 0; seed < 5000; seed++) order(10, seed).forEach((value, i) => seen[10 * i + value]!++);
    // 500 expected, deviation 21: six of them are never reached by chance.
    for (const count of seen) expect(Math.abs(count - 500)).toBeLessThan(130);
  });
});
