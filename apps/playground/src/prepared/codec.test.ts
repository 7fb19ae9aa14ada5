import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decode, encode } from "./codec";

it("gives back what it was given, arrays of every type in their places", () => {
  const values = fc.record({
    steps: fc.int32Array({ maxLength: 20 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
    // As many digits as are kept.
    numbers: fc.array(fc.integer({ min: -9999, max: 9999 })).map((all) => Float32Array.from(all)),
    plain: fc.array(fc.record({ name: fc.string(), none: fc.constant(null), share: fc.integer() })),
  });
  fc.assert(
    fc.property(values, (value) => {
      expect(decode(encode(value))).toEqual(value);
    }),
  );
});

it("keeps more of a number than the page prints", () => {
  expect(decode<Float32Array>(encode(Float32Array.of(Math.PI)))[0]).toBeCloseTo(Math.PI, 4);
});
