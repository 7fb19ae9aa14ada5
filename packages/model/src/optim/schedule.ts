/** Learning rates as functions of the step. */

export const scheduleKinds = ["constant", "cosine", "rsqrt"] as const;

export interface Schedule {
  kind: (typeof scheduleKinds)[number];
  /** The highest learning rate, reached when the warm-up ends. */
  peak: number;
  /** Steps over which the rate rises from nothing to `peak`. */
  warmup: number;
  /** Steps of the whole run: cosine falls to a tenth of `peak` there. */
  total: number;
}

/** The learning rate of a step; steps count from 1. */
export function learningRateAt({ kind, peak, warmup, total }: Schedule, step: number): number {
  if (step < warmup) return (peak * step) / warmup;
  switch (kind) {
    case "constant":
      return peak;
    case "rsqrt":
      return peak * Math.sqrt(Math.max(warmup, 1) / Math.max(step, 1));
    case "cosine": {
      const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
      return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)));
    }
  }
}
