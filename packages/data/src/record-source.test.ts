import * as fc from "fast-check";
import { expect, it } from "vitest";

import { recordSource, selectRecords } from "./record-source";
import { tokensOf } from "./token-source";

const whole = Int32Array.from({ length: 60 }, (_, i) => i);

it("reads like the records laid end to end, and makes only those that are asked for", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 5, 12, 60), fc.nat(60), fc.nat(60), (length, a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const made: number[] = [];
      const source = recordSource({ count: 60 / length, length }, (index) => {
        made.push(index);
        return whole.subarray(index * length, (index + 1) * length);
      });
      expect(source.read(start, end - start)).toEqual(whole.slice(start, end));
      expect(made.length).toBeLessThanOrEqual(Math.ceil((end - start) / length) + 1);
    }),
  );
});

it("selects records", () => {
  const selected = selectRecords(tokensOf(whole), { length: 10, indices: [5, 0] });
  expect([...selected.read(8, 4)]).toEqual([58, 59, 0, 1]);
  expect(() => selected.read(15, 10)).toThrow("inside the 20 tokens");
});
