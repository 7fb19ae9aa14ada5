/** What training works on, how far it has come, and who is told. */
import type { Optimizer } from "@reformer-ts/model";
import type { Learner } from "./architecture/learner";
import type { RunConfig } from "./config/schema";
import type { Sample, Task } from "./tasks";
import type { HeldOutMetrics, StepMetrics } from "./run/metrics";
import type { TrainerState } from "./run/trainer-state";
import type { AgreedStop } from "./ranks/agreed-stop";
import type { Ranks } from "./ranks/ranks";

/** How far a run has come. */
export type Progress = Pick<
  TrainerState,
  "step" | "tokens" | "seconds" | "dataPosition" | "heldOut" | "plan"
>;

export const startOfRun: Readonly<Progress> = {
  step: 0,
  tokens: 0,
  seconds: 0,
  dataPosition: { examples: 0 },
  heldOut: null,
  plan: null,
};

export interface Session {
  /** Its number of steps is filled in when it was to follow from a time. */
  config: RunConfig;
  task: Task;
  learner: Learner;
  optimizer: Optimizer;
  /** Where to begin; kept up to date. */
  progress: Progress;
  /** Seconds of training, those of earlier sessions included. */
  clock(): number;
  /** Seconds that are left of the run's minutes. */
  secondsLeft(): number;
  stop: AgreedStop;
  /** The processes that share every step. */
  ranks: Ranks;
}

/** Who is told what happens. */
export interface Watcher {
  step(metrics: StepMetrics): void;
  heldOut(metrics: HeldOutMetrics): void;
  sample(made: Sample, step: number): void;
  /** The number of steps became known. */
  planned(steps: number): void;
  /** Everything is on the disk when this is done. */
  save(progress: Progress): Promise<void>;
}

/** Of several processes, all but the first say nothing. */
export const silent: Watcher = {
  step() {},
  heldOut() {},
  sample() {},
  planned() {},
  save: async () => {},
};

/** A clock that goes on where `progress` stopped. */
export function clockFrom({ seconds }: Progress): () => number {
  const started = performance.now();
  return () => seconds + (performance.now() - started) / 1000;
}
