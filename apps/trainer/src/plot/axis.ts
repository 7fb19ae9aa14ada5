/** Where values stand on an axis, and which of them are written beside it. */
import { nice, ticks } from "d3-array";

export interface Axis {
  /** From 0 at the axis' beginning to 1 at its end. */
  place(value: number): number;
  ticks: readonly number[];
}

export function linearAxis(low: number, high: number, count: number): Axis {
  return { place: (value) => (value - low) / (high - low), ticks: ticks(low, high, count) };
}

/** With round numbers at both ends. */
export function niceAxis([low, high]: readonly [number, number], count: number): Axis {
  const [from, to] = nice(low, high, count);
  return linearAxis(from, to, count);
}

/** Every factor takes the same room. @param marks what is written beside it, in ascending order, of which the ends are the axis' */
export function logAxis(marks: readonly number[]): Axis {
  const [low, high] = [Math.log(marks[0]!), Math.log(marks.at(-1)!)];
  return { place: (value) => (Math.log(value) - low) / (high - low || 1), ticks: marks };
}

/** 1, 2 and 5 times the powers of ten, from below the smallest of `values` to above the largest. */
export function decades(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // One more below: a logarithm may be rounded up to the next power.
  const from = Math.floor(Math.log10(low)) - 1;
  const all = Array.from(
    { length: Math.ceil(Math.log10(high)) - from + 1 },
    (_, i) => 10 ** (from + i),
  ).flatMap((power) => [power, 2 * power, 5 * power]);
  const first = all.findLastIndex((mark) => mark <= low);
  const last = all.findIndex((mark) => mark >= high);
  return all.slice(Math.max(0, first), last + 1);
}
