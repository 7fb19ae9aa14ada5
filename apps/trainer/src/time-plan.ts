/**
 * How many steps fit into a given time. The number is fixed once, from the first steps, and is written into the run: a
 * schedule that followed the clock would give another model on every machine and after every interruption.
 */

/** The first steps allocate memory and compile: they say little about the others. */
const warmUpSteps = 2;
const timedSteps = { least: 5, most: 40 };
/** Share of the whole time that is spent on finding out, at most. */
const probe = 0.04;
/** Machines have other things to do as well. */
const margin = 0.97;

export interface TimePlan {
  /** Tells of a step's duration; answers with the number of further steps as soon as that is known. */
  afterStep(seconds: number, left: { seconds: number; reserve: number }): number | null;
}

/** @param minutes time for the whole run */
export function timePlan(minutes: number): TimePlan {
  const durations: number[] = [];
  return {
    afterStep(seconds, left) {
      durations.push(seconds);
      const timed = durations.slice(warmUpSteps);
      const spent = sum(timed);
      if (timed.length < timedSteps.least) return null;
      if (timed.length < timedSteps.most && spent < probe * minutes * 60) return null;
      const more = (margin * (left.seconds - left.reserve)) / (spent / timed.length);
      return Math.max(1, Math.floor(more));
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
