/** Scales: a number to a share of an axis, and where its ticks stand. */

export interface Axis {
  /** 0 to 1. */
  place: (value: number) => number;
  ticks: number[];
}

/** Equal factors take equal room; ticks are powers of `base`, thinned to at most `maxTicks`. */
export function logAxis(values: readonly number[], { base = 10, maxTicks = 7 } = {}): Axis {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const exponent = (value: number) => Math.log(value) / Math.log(base);
  const [low, high] =
    positive.length === 0 ? [0, 1] : [exponent(Math.min(...positive)), exponent(Math.max(...positive))];
  // Floating-point logarithms of exact powers miss them by a hair.
  const first = Math.floor(low + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high - 1e-9));
  const step = Math.ceil((last - first + 1) / maxTicks);
  const ticks: number[] = [];
  for (let power = first; power <= last; power += step) ticks.push(base ** power);
  return { place: (value) => (exponent(value) - first) / (last - first), ticks };
}

/** From 0 to a round number above the largest value. @param whole for what is counted: no ticks in between */
export function linearAxis(values: readonly number[], { maxTicks = 5, whole = false } = {}): Axis {
  const largest = Math.max(0, ...values.filter(Number.isFinite)) || 1;
  const rough = largest / (maxTicks - 1);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10]
    .map((factor) => factor * magnitude)
    .find((candidate) => candidate >= rough && !(whole && candidate % 1 !== 0))!;
  const count = Math.ceil(largest / step - 1e-9);
  return {
    place: (value) => value / (count * step),
    ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
  };
}
