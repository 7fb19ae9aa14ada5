/** `metrics.jsonl`: one line a step, one an evaluation, in the order in which they happened. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bitsOf } from "../figures";
import { writeFileAtomically } from "./atomic";
import { writing } from "./file-errors";
import { runFiles } from "./folder";

/** Names with a slash make sections in the tools that read them. */
export interface StepMetrics {
  step: number;
  tokens: number;
  seconds: number;
  "train/loss": number;
  /** Bits per byte, or per what else is counted. */
  [bits: `train/bitsPer${string}`]: number;
  "train/gradientNorm"?: number;
  learningRate: number;
  tokensPerSecond: number;
  /** Of the machine's measured rate of multiplying matrices, from 0 to 1; absent where that is not known. */
  matMulShare?: number;
  /** Seconds of the step in which nothing was done but wait for other processes; absent when there is one. */
  waited?: number;
  memory: number;
}

export interface HeldOutMetrics {
  step: number;
  tokens: number;
  seconds: number;
  [bits: `heldOut/bitsPer${string}`]: number;
  /** Whether all held-out tokens were measured. */
  whole: boolean;
}

export type Metrics = StepMetrics | HeldOutMetrics;

/** @throws InputError when the disk is full or read-only */
export function appendMetrics(run: string, line: Metrics): void {
  const path = join(run, runFiles.metrics);
  writing(path, () => appendFileSync(path, `${JSON.stringify(line)}\n`));
}

/** All lines of a run; a last line that was cut off by a crash is left out. */
export function readMetrics(run: string): Metrics[] {
  const path = join(run, runFiles.metrics);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      const value = tryParse(line);
      return isMetrics(value) ? [value] : [];
    });
}

/** Forgets what came after `step`, because it is about to happen again. */
export function rewindMetrics(run: string, step: number): void {
  const kept = readMetrics(run).filter((line) => line.step <= step);
  writeFileAtomically(join(run, runFiles.metrics), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

export function isStep(line: Metrics): line is StepMetrics {
  return "train/loss" in line;
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isMetrics(value: unknown): value is Metrics {
  const line = value as Partial<Metrics> | null;
  return (
    typeof line?.step === "number" &&
    typeof line.tokens === "number" &&
    (bitsOf(line, "train") ?? bitsOf(line, "heldOut")) !== null
  );
}
