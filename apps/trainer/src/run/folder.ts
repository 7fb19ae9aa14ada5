/** Where a run keeps what: `run.json`, `metrics.jsonl`, `curve.svg`, `samples/` and one folder per checkpoint. */
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writing } from "./file-errors";

/** Where runs go that were given no folder. */
const home = "runs";

export interface CheckpointFolder {
  path: string;
  step: number;
}

export const runFiles = {
  config: "run.json",
  metrics: "metrics.jsonl",
  csv: "metrics.csv",
  curve: "curve.svg",
  card: "README.md",
  samples: "samples",
} as const;

export function checkpointPath(run: string, step: number): string {
  return join(run, checkpointName(step));
}

export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/** Complete checkpoints of a run, oldest first. */
export function checkpointsOf(run: string): CheckpointFolder[] {
  return readdirSync(run)
    .flatMap((name) => {
      const step = /^step-(\d{8,})$/.exec(name)?.[1];
      return step === undefined ? [] : [{ path: join(run, name), step: Number(step) }];
    })
    .toSorted((a, b) => a.step - b.step);
}

/** A folder under `runs/` that nobody has used yet: `novel`, `novel-2`, … */
export function unusedRun(name: string): string {
  for (let n = 1; ; n++) {
    const path = join(home, n === 1 ? name : `${name}-${n}`);
    if (!existsSync(path)) return path;
  }
}

/** The run under `runs/` that was written to last; null when there is none. */
export function latestRun(): string | null {
  if (!existsSync(home)) return null;
  const runs = readdirSync(home)
    .map((name) => join(home, name))
    .filter(isRun)
    .map((path) => ({ path, time: lastTouched(path) }));
  return runs.toSorted((a, b) => b.time - a.time)[0]?.path ?? null;
}

export function isRun(path: string): boolean {
  return existsSync(join(path, runFiles.config));
}

/** @throws InputError when the folder cannot be made */
export function makeFolder(path: string): void {
  writing(path, () => mkdirSync(path, { recursive: true }));
}

/** @throws InputError unless `path` is a folder */
export function requireFolder(path: string, field: string, allowed: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new InputError({
      field,
      given: existsSync(path) ? `${path}, a file` : `${path}, which is not there`,
      allowed,
    });
  }
}

function lastTouched(run: string): number {
  const files = [runFiles.config, runFiles.metrics].map((name) => join(run, name)).filter(existsSync);
  return Math.max(...files.map((path) => statSync(path).mtimeMs));
}
