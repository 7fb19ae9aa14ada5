import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { concatenate, sliceOf, tokensOf } from "./token-source";

describe("token sources", () => {
  it("read the same range as an array would give, through slices and concatenation", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat(), fc.nat(), (arrays, a, b, c) => {
        const all = arrays.flatMap((array) => [...array]);
        const source = concatenate(arrays.map((array) => tokensOf(array)));
        expect(source.length).toBe(all.length);
        const start = a % (all.length + 1);
        const end = start + (b % (all.length - start + 1));
        const slice = sliceOf(source, start, end);
        const from = c % (end - start + 1);
        expect([...slice.read(from, slice.length - from)]).toEqual(all.slice(start + from, end));
      }),
    );
  });

  it("give arrays that the caller may change", () => {
    const array = Int32Array.of(1, 2, 3);
    tokensOf(array).read(0, 3).fill(0);
    expect([...array]).toEqual([1, 2, 3]);
  });

  it.each([
    [-1, 2],
    [2, 2],
    [0, 4],
    [0.5, 1],
    [1, -1],
  ])("refuse to read from %s, %s of them", (start, count) => {
    const source = tokensOf(Uint8Array.of(1, 2, 3));
    const message = `tokens is read from ${start}, ${count} of them, but must be read inside the 3 tokens of the source.`;
    expect(() => source.read(start, count)).toThrow(message);
    expect(() => concatenate([source]).read(start, count)).toThrow(message);
    expect(() => sliceOf(source, 0, 3).read(start, count)).toThrow(message);
  });
});
