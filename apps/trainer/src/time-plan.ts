/**
 * How many steps fit into a given time. The number is fixed from the first steps, looked at again a few times, and written into
 * the run each time: a schedule that followed the clock all along would give another model after every interruption.
 */

/** The first steps allocate memory and compile: they say little about the others. */
const warmUpSteps = 2;
const timedSteps = { least: 5, most: 40 };
/** Share of the whole time that is spent on finding out, at most. */
const probe = 0.04;
/** Share of the whole time that is left alone: machines have other things to do as well. */
const margin = 0.03;
/** Where in what is left of the run the number is looked at again, and how far off it must be to be changed. */
const reviews = [0.3, 0.4, 0.5, 0.6];
const tolerance = 0.05;

interface TimeLeft {
  /** Until the run should be over. */
  seconds: number;
  /** Of these, what is needed besides steps. */
  reserve: number;
}

export interface TimePlan {
  /**
   * Takes a step's number and duration; answers with the number of steps of the whole run when that becomes known or is
   * changed, and with null otherwise.
   */
  afterStep(step: number, seconds: number, left: TimeLeft): number | null;
}

/** @param minutes time for the whole run */
export function timePlan(minutes: number): TimePlan {
  let timed: number[] = [];
  let skip = warmUpSteps;
  let total: number | null = null;
  let reviewAt: number[] = [];
  const further = ({ seconds, reserve }: TimeLeft) =>
    Math.max(1, Math.floor(((seconds - reserve - margin * minutes * 60) * timed.length) / sum(timed)));

  return {
    afterStep(step, seconds, left) {
      if (skip-- > 0) return null;
      timed.push(seconds);
      if (total === null) {
        const enough = timed.length >= timedSteps.most || sum(timed) >= probe * minutes * 60;
        if (timed.length < timedSteps.least || !enough) return null;
        total = step + further(left);
        let planned = step;
        reviewAt = reviews.map((share) => (planned += Math.ceil(share * (total! - planned))));
        return total;
      }
      if (step < (reviewAt[0] ?? Infinity) || step >= total) return null;
      reviewAt.shift();
      const better = step + further(left);
      // Only what was measured since then counts at the next review.
      timed = [];
      if (Math.abs(better - total) <= tolerance * (total - step)) return null;
      total = better;
      return total;
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
