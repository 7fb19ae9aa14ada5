/** The processes that train one model together. Nearly always there is one. */
import { InputError, isInputError } from "@reformer-ts/internal-checks";
import type { GradientExchange } from "@reformer-ts/model";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Terminal } from "../terminal";
import { type Communicator, joinJob } from "./communicator";
import { gradientExchange } from "./gradient-exchange";
import { launchedBy } from "./launched";

export interface Ranks {
  /** This process among all, from 0; the first one speaks, logs and saves. */
  readonly rank: number;
  readonly count: number;
  /** How many of them are on this machine. */
  readonly neighbours: number;
  /** In words, for the banner; null when there is one process. */
  readonly label: string | null;
  /** Sums over all processes; all have to ask at the same time. */
  sum(values: readonly number[]): number[];
  /** Where gradients of so many numbers meet; null when there is one process. */
  exchange(size: number): GradientExchange | null;
  /** Does something that may fail in one process and not in another; then it fails in all. */
  together<T>(work: () => Promise<T>): Promise<T>;
  /** Seconds that this process waited for others' gradients since it was last asked. */
  takeWaited(): number;
  /** Ends the job after an error: in peace when all know of it, otherwise the others are ended with this process. */
  fail(): Promise<void>;
  close(): void;
}

/** One process. */
export const alone: Ranks = {
  rank: 0,
  count: 1,
  neighbours: 1,
  label: null,
  sum: (values) => [...values],
  exchange: () => null,
  together: (work) => work(),
  takeWaited: () => 0,
  fail: async () => {},
  close: () => {},
};

/**
 * Joins the job that this process was started for, if there is one.
 *
 * @throws InputError when there is a job and no MPI to join it with
 */
export async function openRanks(environment: NodeJS.ProcessEnv = process.env): Promise<Ranks> {
  const launched = launchedBy(environment);
  return launched === null ? alone : ranksOf(await joinJob(launched, environment));
}

export function ranksOf(job: Communicator): Ranks {
  let waited = 0;
  let allKnow = false;
  const machine = numberOf(hostname());
  const machines = job.sum(Array.from({ length: job.size }, (_, i) => (i === job.rank ? machine : 0)));
  return {
    rank: job.rank,
    count: job.size,
    neighbours: machines.filter((each) => each === machine).length,
    label: `${job.size} processes through ${job.version}`,
    sum: job.sum,
    exchange: (size) => gradientExchange(job, size, (seconds) => (waited += seconds)),
    takeWaited() {
      const seconds = waited;
      waited = 0;
      return seconds;
    },
    async together(work) {
      let failure: { error: unknown } | null = null;
      let result: unknown;
      try {
        result = await work();
      } catch (error) {
        failure = { error };
      }
      // Who failed, one place for each: the first of them speaks.
      const failed = job.sum(Array.from({ length: job.size }, (_, i) => (failure && i === job.rank ? 1 : 0)));
      const first = failed.indexOf(1);
      allKnow = first >= 0;
      if (first < 0) return result as Awaited<ReturnType<typeof work>>;
      throw failure && first === job.rank ? failure.error : new OtherRankFailed();
    },
    async fail() {
      if (allKnow) return job.close();
      // What fails everywhere is told by the first process, which then ends the others.
      if (job.rank > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
      process.once("exit", (code) => job.abort(code));
    },
    close: job.close,
  };
}

/** A number that stands for a name, small enough for sums to leave it as it is. */
function numberOf(name: string): number {
  return createHash("sha256").update(name).digest().readUIntBE(0, 6);
}

/** Another process says what is wrong; this one only ends. */
export class OtherRankFailed extends Error {}

/** The first process speaks for all; of the others only what went wrong there is heard. */
export function terminalOf(terminal: Terminal, { rank }: Pick<Ranks, "rank">): Terminal {
  return rank === 0 ? terminal : { out: () => {}, err: () => {}, interactive: false };
}

/** The same error, saying where it happened when that is not the process that speaks for all. */
export function located(error: unknown, { rank }: Pick<Ranks, "rank">): unknown {
  if (rank === 0 || !isInputError(error)) return error;
  const { field, given, allowed } = error;
  return new InputError(
    { field: `rank ${rank} on ${hostname()}: ${field}`, given, allowed },
    { cause: error },
  );
}
