/**
 * One trainer a folder. The lock names its process, so that a trainer that was killed leaves no folder locked: a lock that
 * lives by being touched now and then would look abandoned during a long step, because tensors are computed synchronously.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { writing } from "./file-errors";

/**
 * Takes the folder; the returned function gives it back.
 *
 * @throws InputError when another living process has it
 */
export function lockRun(run: string): () => void {
  const path = join(run, "lock");
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  while (!create(path, mine)) {
    const text = readLock(path);
    const holder = asHolder(text);
    if (holder !== null && isAlive(holder, path)) {
      throw new InputError({
        field: run,
        given: `in use by process ${holder.pid} on ${holder.host}`,
        allowed: `free; if that process is gone for good, delete ${path}`,
      });
    }
    removeAbandoned(path, text);
  }
  ours.add(path);
  return () => {
    ours.delete(path);
    rmSync(path, { force: true });
  };
}

/** Locks of this process: another one with our number is of an earlier life, as in containers that were restarted. */
const ours = new Set<string>();

interface Holder {
  pid: number;
  host: string;
}

function create(path: string, content: string): boolean {
  return writing(path, () => {
    try {
      const file = openSync(path, "wx");
      writeSync(file, content);
      closeSync(file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  });
}

function readLock(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Null for a lock that says nothing, as when its writer was killed at once. */
function asHolder(text: string): Holder | null {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && pid! > 0 && typeof host === "string" ? { pid: pid!, host } : null;
  } catch {
    return null;
  }
}

/** Processes of other hosts cannot be asked, so they count as living. */
function isAlive({ pid, host }: Holder, path: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return ours.has(path);
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Dead, but not yet missed by its parent, as after a launcher has ended a whole job. Only Linux tells. */
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/.*\)/, ""));
  } catch {
    return false;
  }
}

/** By renaming, which only one of several waiting processes can do; a lock that was taken meanwhile is put back. */
function removeAbandoned(path: string, seen: string): void {
  const aside = `${path}-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readLock(aside) === seen) rmSync(aside, { force: true });
  else renameSync(aside, path);
}
