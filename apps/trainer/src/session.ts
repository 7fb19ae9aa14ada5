/** What training works on, how far it has come, and who is told. */
import type { Optimizer, Reformer } from "@reformer-ts/model";
import type { RunConfig } from "./config/schema";
import type { Corpus } from "./corpus";
import type { HeldOutMetrics, StepMetrics } from "./run/metrics";
import type { TrainerState } from "./run/trainer-state";
import type { StopRequest } from "./stop";

/** How far a run has come. */
export type Progress = Pick<TrainerState, "step" | "tokens" | "seconds" | "dataPosition" | "heldOut">;

export const startOfRun: Readonly<Progress> = {
  step: 0,
  tokens: 0,
  seconds: 0,
  dataPosition: { examples: 0 },
  heldOut: null,
};

export interface Session {
  /** Its number of steps is filled in when it was to follow from a time. */
  config: RunConfig;
  corpus: Corpus;
  model: Reformer;
  optimizer: Optimizer;
  /** Where to begin; kept up to date. */
  progress: Progress;
  /** Seconds of training, those of earlier sessions included. */
  clock(): number;
  /** Seconds that are left of the run's minutes. */
  secondsLeft(): number;
  stop: Pick<StopRequest, "signal">;
}

/** Who is told what happens. */
export interface Watcher {
  step(metrics: StepMetrics): void;
  heldOut(metrics: HeldOutMetrics): void;
  sample(text: string): void;
  /** The number of steps became known. */
  planned(steps: number): void;
  /** Everything is on the disk when this is done. */
  save(progress: Progress): Promise<void>;
}

/** A clock that goes on where `progress` stopped. */
export function clockFrom({ seconds }: Progress): () => number {
  const started = performance.now();
  return () => seconds + (performance.now() - started) / 1000;
}
