import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timePlan } from "./time-plan";

/** Trains as the loop does, on a clock that only steps move; gives the steps made and the seconds they took. */
function simulate(minutes: number, reserve: number, durationOf: (step: number) => number) {
  const plan = timePlan(minutes);
  let spent = 0;
  let total: number | null = null;
  let step = 0;
  while (step < (total ?? Infinity)) {
    const seconds = durationOf(++step);
    spent += seconds;
    if (total !== null) continue;
    const more = plan.afterStep(seconds, { seconds: minutes * 60 - spent, reserve });
    if (more !== null) total = step + more;
  }
  return { step, spent };
}

describe("timePlan", () => {
  it("fills the time and no more, whatever a step takes, when steps are alike", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 2, max: 60, noNaN: true }),
        (seconds, minutes) => {
          const { spent } = simulate(minutes, 5, () => seconds);
          const time = minutes * 60 - 5;
          expect(spent).toBeLessThanOrEqual(Math.max(time, 9 * seconds));
          expect(spent).toBeGreaterThan(0.9 * time - 9 * seconds);
        },
      ),
    );
  });

  it("does not believe the first steps, which are slow", () => {
    const even = simulate(5, 0, () => 0.5);
    const slowStart = simulate(5, 0, (step) => (step <= 2 ? 5 : 0.5));
    expect(slowStart.step).toBeGreaterThan(even.step * 0.9);
  });

  it("makes a step more when the time is already over", () => {
    expect(simulate(0.01, 100, () => 1).step).toBe(8);
  });
});
