/** A small run on the novel that the tests of a file share, and damage only in copies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { reformer } from "./run-reformer";

const flags =
  "--config debug --backend wasm --steps 4 --length 256 --d-model 16 --axial-dims 4,12 --d-ff 16 --sample-every 2 --sample-tokens 8 --evaluate-tokens 256 --held-out 0.001";

export interface TrainedRun {
  /** A folder for what else the tests write; it goes with the run. */
  home: string;
  run: string;
  checkpoint: string;
}

/** Trains it before the tests of the file that calls this. */
export function trainedRun(): TrainedRun {
  const home = mkdtempSync(join(tmpdir(), "reformer-commands-"));
  const run = join(home, "run");
  beforeAll(async () => {
    const { code, err } = await reformer("train", ...flags.split(" "), "--run", run);
    if (code !== 0) throw new Error(err);
  }, 60_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  return { home, run, checkpoint: join(run, "step-00000004") };
}

/** Runs a command that prints one JSON object and says nothing else. */
export async function reportOf(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await reformer(...args, "--json");
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  expect(out.split("\n")).toHaveLength(2);
  return JSON.parse(out) as Record<string, unknown>;
}

/**
 * How a command line ends; `said` is the last line of stderr.
 *
 * @param places what stands in the line, and in what is said, as `{home}` and the like; the longest path first
 */
export async function endOf(line: string, places: Readonly<Record<string, string>> = {}) {
  const names = Object.entries(places);
  const fill = (text: string) => names.reduce((t, [name, path]) => t.replaceAll(`{${name}}`, path), text);
  const { code, out, err } = await reformer(...line.split(" ").map(fill));
  const said = names.reduce(
    (t, [name, path]) => t.replaceAll(path, `{${name}}`),
    err.split("\n").at(-2) ?? "",
  );
  return { code, out, said, hasTrace: /\n\s+at /.test(err) };
}

/** The end of what cannot be done: one sentence, no more. */
export const refused = (message: string) => ({
  code: 2,
  out: "",
  said: expect.stringContaining(`reformer: ${message}`) as string,
  hasTrace: false,
});
