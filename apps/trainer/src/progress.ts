/** Training as it is seen: a bar that stays in its place on a terminal, a line now and then elsewhere. */
import { createLogUpdate } from "log-update";
import { bitsOf } from "./figures";
import type { StepMetrics } from "./run/metrics";
import type { Terminal } from "./terminal";

/** A line that is redrawn faster than this is only a flicker. */
const redrawMs = 100;
/** Steps over which speed is averaged. */
const recent = 20;

export interface ProgressView {
  /** @param steps of the whole run, once they are known */
  step(metrics: StepMetrics, steps: number | null): void;
  /** A line that stays, above the bar. */
  line(text: string): void;
  done(): void;
}

export function progressView(
  terminal: Terminal,
  { logEvery, tokensPerStep }: { logEvery: number; tokensPerStep: number },
): ProgressView {
  const speed = speedometer(tokensPerStep);
  if (!terminal.interactive) {
    let first = true;
    return {
      step(metrics, steps) {
        speed.step(metrics);
        if (first || metrics.step % logEvery === 0 || metrics.step === steps)
          terminal.err(`${plainLine(metrics, steps, speed)}\n`);
        first = false;
      },
      line: (text) => terminal.err(`${text}\n`),
      done: () => {},
    };
  }
  const screen = createLogUpdate(process.stderr);
  let drawn = 0;
  let frame = "";
  return {
    step(metrics, steps) {
      speed.step(metrics);
      const now = performance.now();
      if (now - drawn < redrawMs && metrics.step !== steps) return;
      drawn = now;
      frame = barLine(metrics, steps, speed, process.stderr.columns ?? 80);
      screen(frame);
    },
    line(text) {
      screen.persist(text);
      if (frame !== "") screen(frame);
    },
    done: () => screen.done(),
  };
}

export interface Speedometer {
  step(metrics: StepMetrics): void;
  /** Of the last steps, evaluations left out. */
  tokensPerSecond(): number;
  /** Until the last step, evaluations so far taken as a measure of those to come. */
  secondsLeft(step: number, steps: number): number;
}

export function speedometer(tokensPerStep: number): Speedometer {
  const durations: number[] = [];
  let first: StepMetrics | null = null;
  let latest: StepMetrics | null = null;
  return {
    step(metrics) {
      first ??= metrics;
      latest = metrics;
      durations.push(tokensPerStep / metrics.tokensPerSecond);
      if (durations.length > recent) durations.shift();
    },
    tokensPerSecond: () => (tokensPerStep * durations.length) / sum(durations),
    secondsLeft(step, steps) {
      const done = step - (first?.step ?? step);
      const perStep = done > 0 ? (latest!.seconds - first!.seconds) / done : (durations.at(-1) ?? 0);
      return perStep * (steps - step);
    },
  };
}

function plainLine(metrics: StepMetrics, steps: number | null, speed: Speedometer): string {
  const norm = metrics["train/gradientNorm"];
  return [
    `step ${metrics.step}/${steps ?? "?"}`,
    `loss ${metrics["train/loss"].toFixed(4)}`,
    bitsText(metrics, 3),
    ...(norm === undefined ? [] : [`norm ${norm.toFixed(2)}`]),
    `lr ${metrics.learningRate.toExponential(1)}`,
    ...figures(metrics, steps, speed),
  ].join(" | ");
}

function barLine(metrics: StepMetrics, steps: number | null, speed: Speedometer, columns: number): string {
  const text = [
    `${metrics.step}/${steps ?? "?"}`,
    `loss ${metrics["train/loss"].toFixed(3)}`,
    bitsText(metrics, 2),
    ...figures(metrics, steps, speed),
  ].join("  ");
  const width = Math.min(30, columns - text.length - 4);
  if (width < 5) return text.slice(0, columns - 1);
  const filled = steps === null ? 0 : Math.round((width * metrics.step) / steps);
  return `${"━".repeat(filled)}${"─".repeat(width - filled)}  ${text}`;
}

function figures(metrics: StepMetrics, steps: number | null, speed: Speedometer): string[] {
  return [
    `${Math.round(speed.tokensPerSecond()).toLocaleString("en")} tok/s`,
    ...(metrics.matMulShare === undefined ? [] : [`${Math.round(100 * metrics.matMulShare)}% matMul`]),
    `eta ${steps === null ? "?" : duration(speed.secondsLeft(metrics.step, steps))}`,
    `peak ${bytes(metrics.memory)}`,
  ];
}

/** `12s`, `3m05s`, `2h10m`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h${pad(minutes)}m`;
  return minutes > 0 ? `${minutes}m${pad(rest)}s` : `${rest}s`;
}

/** `640 MB`, `1.2 GB`. */
export function bytes(count: number): string {
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}

const pad = (value: number) => String(value).padStart(2, "0");
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function bitsText(metrics: StepMetrics, digits: number): string {
  const { unit, bits } = bitsOf(metrics, "train")!;
  return `${bits.toFixed(digits)} bits/${unit}`;
}
