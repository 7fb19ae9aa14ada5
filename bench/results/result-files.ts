/** A training's figures as a file of its own, so that an experiment that was stopped goes on after its last finished one. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Where and when a figure was obtained. */
export interface Circumstances {
  date: string;
  machine: string;
  node: string;
  command: string;
  /** By the clock, on a machine that may have done other work too. */
  seconds: number;
  /** Of processor time, which other work does not lengthen. A peer's, run in a process of its own, does not count. */
  processorSeconds: number;
}

export const resultPath = (name: string) => fileURLToPath(new URL(`data/${name}.json`, import.meta.url));

/**
 * Runs `measure` unless its result is there.
 *
 * @param name of the file under `data/`, without `.json`
 */
export async function onceMeasured<Result extends object>(
  name: string,
  experiment: string,
  measure: () => Promise<Result>,
): Promise<Result & Circumstances> {
  const path = resultPath(name);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Result & Circumstances;
  const started = performance.now();
  const before = process.cpuUsage();
  const measured = await measure();
  const { user, system } = process.cpuUsage(before);
  const result = {
    ...measured,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]!.model.trim()}`,
    node: process.versions.node,
    command: `node bench/results/run.mjs ${experiment}`,
    seconds: Math.round((performance.now() - started) / 1000),
    processorSeconds: Math.round((user + system) / 1e6),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, `${JSON.stringify(result, null, 1)}\n`);
  renameSync(`${path}.part`, path);
  console.log(`${name}: ${result.seconds} s`);
  return result;
}
