import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { batches, batchesOnce } from "./batches";
import type { Examples } from "./examples";

/** Example i reads i and should say i + 1. */
function counting(count = Infinity): Examples {
  return {
    length: 2,
    count,
    example: (i) => ({ inputs: Int32Array.of(i, i), targets: Int32Array.of(i + 1, -1) }),
  };
}

describe("batches", () => {
  it("stacks consecutive examples as [batch, length]", () => {
    const reader = batches(counting(), { batch: 3 });
    reader.next();
    expect(reader.next()).toEqual({
      inputs: Int32Array.of(3, 3, 4, 4, 5, 5),
      targets: Int32Array.of(4, -1, 5, -1, 6, -1),
      shape: [3, 2],
      counted: 3,
    });
    expect(reader.position).toEqual({ examples: 6 });
  });

  it("resumes exactly where it was, also with another batch and another number of ranks", () => {
    const sizes = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(sizes, sizes, sizes, fc.nat({ max: 20 }), (batch, otherBatch, ranks, steps) => {
        const first = batches(counting(), { batch });
        for (let step = 0; step < steps; step++) first.next();
        const position = JSON.parse(JSON.stringify(first.position));
        const rest = Array.from({ length: ranks }, (_, rank) =>
          batches(counting(), { batch: otherBatch, position, rank, ranks }).next(),
        ).flatMap(({ inputs }) => [...inputs].filter((_, i) => i % 2 === 0));
        expect(rest).toEqual(Array.from({ length: otherBatch * ranks }, (_, i) => batch * steps + i));
      }),
    );
  });

  it("lets ranks see together what one process with a larger batch sees", () => {
    const whole = batches(counting(), { batch: 6 });
    const parts = [0, 1, 2].map((rank) => batches(counting(), { batch: 2, rank, ranks: 3 }));
    for (let step = 0; step < 4; step++) {
      expect(parts.flatMap((part) => [...part.next().inputs])).toEqual([...whole.next().inputs]);
      for (const part of parts) expect(part.position).toEqual(whole.position);
    }
  });

  it("ends with the examples", () => {
    const reader = batches(counting(3), { batch: 2 });
    expect([reader.next().counted, reader.next().counted]).toEqual([2, 1]);
    expect(() => reader.next()).toThrow(
      "data position is example 4, but must be below 3, the number of examples.",
    );
  });

  it("refuses impossible batches, ranks and positions", () => {
    expect(() => batches(counting(), { batch: 0 })).toThrow(
      "batch is 0, but must be an integer of at least 1.",
    );
    expect(() => batches(counting(), { batch: 1, rank: 2, ranks: 2 })).toThrow(
      "rank is 2, but must be an integer from 0 to 1.",
    );
    expect(() => batches(counting(), { batch: 1, position: { examples: -1 } })).toThrow(
      "data position is -1",
    );
    expect(() => batches(counting(), { batch: 1, position: null as never })).toThrow(
      "data position is undefined",
    );
  });
});

describe("batchesOnce", () => {
  it("deals every example out once and fills the last batch with rows that do not count", () => {
    const all = [...batchesOnce(counting(5), { batch: 2 })];
    expect(all.map(({ counted }) => counted)).toEqual([2, 2, 1]);
    expect([...all[2]!.inputs]).toEqual([4, 4, 0, 0]);
    expect([...all[2]!.targets]).toEqual([5, -1, -1, -1]);
  });
});
