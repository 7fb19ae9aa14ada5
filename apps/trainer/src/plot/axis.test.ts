import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decades, logAxis, niceAxis } from "./axis";

describe("logAxis", () => {
  it("gives equal factors equal room, from its first mark to its last", () => {
    const { place } = logAxis([1, 8, 64]);
    expect([1, 8, 64].map(place)).toEqual([0, 0.5, 1]);
  });

  it("has a place for the only value there is", () => {
    expect(logAxis([5]).place(5)).toBe(0);
  });
});

describe("decades", () => {
  it("goes from the mark below all values to the one above them", () => {
    expect(decades([30, 400])).toEqual([20, 50, 100, 200, 500]);
  });

  it("holds every value, in ascending order", () => {
    const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 5 }), (values) => {
        const marks = decades(values);
        expect(marks).toEqual(marks.toSorted((a, b) => a - b));
        expect(marks[0]).toBeLessThanOrEqual(Math.min(...values));
        expect(marks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values));
      }),
    );
  });
});

it("niceAxis rounds its ends outwards", () => {
  const { place, ticks } = niceAxis([0.3, 9.4], 5);
  expect(place(0)).toBe(0);
  expect(place(10)).toBe(1);
  expect(ticks).toEqual([0, 2, 4, 6, 8, 10]);
});
