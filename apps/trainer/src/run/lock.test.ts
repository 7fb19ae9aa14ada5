import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockRun } from "./lock";

let run = "";
beforeEach(() => (run = mkdtempSync(join(tmpdir(), "reformer-lock-"))));
afterEach(() => rmSync(run, { recursive: true }));

const held = (pid: number, host = hostname()) =>
  writeFileSync(join(run, "lock"), JSON.stringify({ pid, host }));
/** A process id that was in use a moment ago and is not now. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("lockRun", () => {
  it("lets one in, and the next after it", () => {
    const unlock = lockRun(run);
    expect(() => lockRun(run)).toThrow(`is in use by process ${process.pid}`);
    unlock();
    lockRun(run)();
    expect(existsSync(join(run, "lock"))).toBe(false);
  });

  it("refuses what a living process or another machine holds", () => {
    held(process.ppid);
    expect(() => lockRun(run)).toThrow(
      `is in use by process ${process.ppid} on ${hostname()}, but must be free`,
    );
    held(1, "elsewhere");
    expect(() => lockRun(run)).toThrow("is in use by process 1 on elsewhere");
  });

  it.each([
    ["a process that is gone", () => held(deadPid())],
    ["an earlier process with our own number", () => held(process.pid)],
    ["a process that was killed before it had written", () => writeFileSync(join(run, "lock"), "")],
    ["nobody: it is not a lock", () => writeFileSync(join(run, "lock"), '{"pid": -1, "host": 5}')],
  ])("takes over from %s", (_, leave) => {
    leave();
    const unlock = lockRun(run);
    expect(readFileSync(join(run, "lock"), "utf8")).toContain(`"pid":${process.pid}`);
    unlock();
  });
});
