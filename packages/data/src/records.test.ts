import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { records, shuffled } from "./records";
import { tokensOf } from "./token-source";

const source = tokensOf(Uint8Array.from({ length: 12 }, (_, i) => i + 1));

describe("records", () => {
  it("asks for every token of a record, the first after the start token", () => {
    const images = records(source, { length: 4, startToken: 99 });
    expect(images.count).toBe(3);
    expect(images.example(1)).toEqual({
      inputs: Int32Array.of(99, 5, 6, 7),
      targets: Int32Array.of(5, 6, 7, 8),
    });
  });

  it("refuses a source that is cut off inside a record", () => {
    expect(() => records(source, { length: 5 })).toThrow(
      "records is 12 tokens, but must be one or more records of 5 tokens.",
    );
    expect(() => records(tokensOf(new Uint8Array()), { length: 5 })).toThrow("records is 0 tokens");
  });
});

describe("shuffled", () => {
  it("gives all records every epoch, in an order of its own", () => {
    const one = records(tokensOf(Uint8Array.from({ length: 20 }, (_, i) => i)), { length: 1 });
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 1000 }), (seed, epoch) => {
        const endless = shuffled(one, { seed });
        const targets = Array.from({ length: 20 }, (_, i) => endless.example(20 * epoch + i).targets[0]!);
        expect(targets.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      }),
    );
    const order = (epoch: number) =>
      Array.from({ length: 20 }, (_, i) => shuffled(one, { seed: 1 }).example(20 * epoch + i).targets[0]);
    expect(order(0)).not.toEqual(order(1));
  });
});
