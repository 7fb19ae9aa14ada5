import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRateAt, scheduleKinds, type Schedule } from "./schedule";

const at = (kind: Schedule["kind"], step: number, warmup = 100) =>
  learningRateAt({ kind, peak: 0.01, warmup, total: 1000 }, step);

describe("learningRateAt", () => {
  it.each(scheduleKinds)("rises in a line to its peak where warm-up ends: %s", (kind) => {
    expect(at(kind, 1)).toBeCloseTo(0.0001, 12);
    expect(at(kind, 50)).toBeCloseTo(0.005, 12);
    expect(at(kind, 100)).toBeCloseTo(0.01, 12);
  });

  it.each(scheduleKinds)("begins at its peak without warm-up: %s", (kind) => {
    expect(at(kind, 1, 0)).toBeCloseTo(0.01, kind === "cosine" ? 6 : 12);
  });

  it("stays, falls by half at four times the warm-up, or ends at a tenth", () => {
    expect(at("constant", 1000)).toBe(0.01);
    expect(at("rsqrt", 400)).toBeCloseTo(0.005, 12);
    expect(at("cosine", 550)).toBeCloseTo(0.0055, 12);
    expect(at("cosine", 1000)).toBeCloseTo(0.001, 12);
    expect(at("cosine", 5000)).toBeCloseTo(0.001, 12);
  });

  it("never rises after warm-up, and never leaves (0, peak]", () => {
    const step = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...scheduleKinds),
        fc.integer({ min: 0, max: 200 }),
        step,
        (kind, warmup, n) => {
          const [now, next] = [at(kind, n, warmup), at(kind, n + 1, warmup)];
          expect(now).toBeGreaterThan(0);
          expect(now).toBeLessThanOrEqual(0.01);
          expect(n < warmup || next <= now).toBe(true);
        },
      ),
    );
  });
});
