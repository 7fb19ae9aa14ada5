import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timePlan } from "./time-plan";

interface Simulated {
  steps: number;
  spent: number;
  /** How often the number of steps was said. */
  plans: number;
}

/** Trains as the loop does, on a clock that only steps move. */
function simulate(minutes: number, reserve: number, durationOf: (step: number) => number): Simulated {
  const plan = timePlan(minutes);
  let [spent, plans, step] = [0, 0, 0];
  let total: number | null = null;
  while (step < (total ?? Infinity)) {
    const seconds = durationOf(++step);
    spent += seconds;
    const planned = plan.afterStep(step, seconds, { seconds: minutes * 60 - spent, reserve });
    if (planned === null) continue;
    total = planned;
    plans++;
  }
  return { steps: step, spent, plans };
}

const seconds = fc.double({ min: 0.01, max: 3, noNaN: true });
const minutes = fc.double({ min: 2, max: 60, noNaN: true });

describe("timePlan", () => {
  it("fills the time and no more when steps are alike, and says so once", () => {
    fc.assert(
      fc.property(seconds, minutes, (each, time) => {
        const { spent, plans } = simulate(time, 5, () => each);
        expect(spent).toBeLessThanOrEqual(time * 60 - 5);
        expect(spent).toBeGreaterThan(0.9 * (time * 60 - 5) - 2 * each);
        expect(plans).toBe(1);
      }),
    );
  });

  it("stays near the time when the machine becomes slower or faster on the way", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.integer({ min: 20, max: 200 }),
        (factor, from) => {
          const { spent } = simulate(5, 0, (step) => (step < from ? 0.5 : 0.5 * factor));
          expect(spent).toBeGreaterThan(240);
          expect(spent).toBeLessThan(345);
        },
      ),
    );
  });

  it("does not believe the first steps, which are slow", () => {
    const even = simulate(5, 0, () => 0.5);
    const slowStart = simulate(5, 0, (step) => (step <= 2 ? 5 : 0.5));
    expect(slowStart.steps).toBeGreaterThan(even.steps * 0.9);
  });

  it("makes one step more when the time is already over", () => {
    expect(simulate(0.01, 100, () => 1).steps).toBe(8);
  });
});
