import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearAxis, logAxis } from "./axis";

const values = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 });

describe.each([
  ["logarithmic", (given: number[]) => logAxis(given)],
  ["base 2", (given: number[]) => logAxis(given, { base: 2 })],
  ["linear", (given: number[]) => linearAxis(given)],
])("a %s axis", (_, make) => {
  it("holds every value, in order", () => {
    fc.assert(
      fc.property(values, (given) => {
        const { place } = make(given);
        const places = given.toSorted((a, b) => a - b).map(place);
        for (const [i, at] of places.entries()) {
          expect(at).toBeGreaterThanOrEqual(-1e-9);
          expect(at).toBeLessThanOrEqual(1 + 1e-9);
          expect(at).toBeGreaterThanOrEqual((places[i - 1] ?? 0) - 1e-12);
        }
      }),
    );
  });

  it("has few ticks, on the axis", () => {
    fc.assert(
      fc.property(values, (given) => {
        const { place, ticks } = make(given);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(8);
        for (const tick of ticks) expect(place(tick)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

it("counts in whole numbers, at any extent", () => {
  for (const last of [1, 10, 12, 83, 1000]) {
    const { ticks, place } = linearAxis([last], { whole: true });
    expect(ticks.every(Number.isInteger)).toBe(true);
    expect(ticks.length).toBeGreaterThan(1);
    expect(place(last)).toBeLessThanOrEqual(1);
  }
});

it("puts powers of the base at the ends", () => {
  const { place, ticks } = logAxis([1024, 65536], { base: 2 });
  expect([place(1024), place(65536)]).toEqual([0, 1]);
  expect(ticks[0]).toBe(1024);
});
