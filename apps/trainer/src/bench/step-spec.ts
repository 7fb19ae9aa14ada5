/** What one measurement is of, and what it finds: the lines that `reformer bench --json` prints. */
import type { AttentionKind, MemoryChoices } from "@reformer-ts/model";
import type { KernelChoice } from "../kernels/open-kernels";

export interface StepSpec {
  length: number;
  depth: number;
  numHashes: number;
  attention: readonly AttentionKind[];
  backend: string;
  kernels: KernelChoice;
  /** As `--memory` of `train`. */
  memory: string;
  /** What to keep of a step, in place of what `memory` allows. */
  plan?: MemoryChoices;
  /** Steps that are timed after a first one; 0: the first itself; null: as many as make a steady figure. */
  steps: number | null;
  /** Whether to tell which kernels a step's time goes to. */
  clock?: boolean;
  /** Whether to tell what the process held in the course of a step. */
  watch?: boolean;
}

export interface StepFigures extends MemoryChoices {
  /** Tokens of a step: one window. */
  length: number;
  tokensPerSecond: number;
  /** The most that the process ever held in memory. */
  peakBytes: number;
  /** The most that tensors held in a step, parameters and moments included. */
  tensorBytes: number;
  /** Of these, parameters and both moments of each. */
  parameterBytes: number;
  /** Seconds of each timed step, their median is what `tokensPerSecond` is from. */
  seconds: number[];
  /** 10^9 floating-point operations a second, without what is computed twice. */
  gigaflops: number;
  /** The same of a plain product of matrices in this process. */
  matMulGigaflops: number;
  /** Nats a token before the first step and before the last. */
  losses: [number, number];
  backend: string;
  kernels: KernelChoice;
  clock?: KernelTime[];
  watch?: MemoryCourse;
}

/** Time of one step by kernel of tfjs; the rest is under the name of `between`. */
export interface KernelTime {
  kernel: string;
  calls: number;
  seconds: number;
}

/** Seconds are from the beginning of the process. */
export interface MemoryCourse {
  samples: [seconds: number, bytes: number][];
  /** When what of a step was done. */
  marks: [seconds: number, what: string][];
}

/** What a process of measuring prints. */
export type StepOutcome = StepFigures | { refused: string };
