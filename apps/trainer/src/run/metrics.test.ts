import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendMetrics, type HeldOutMetrics, isStep, readMetrics, rewindMetrics } from "./metrics";

let run = "";
beforeEach(() => (run = mkdtempSync(join(tmpdir(), "reformer-metrics-"))));
afterEach(() => rmSync(run, { recursive: true }));

const at = (step: number): HeldOutMetrics => ({
  step,
  tokens: step * 10,
  seconds: step,
  "heldOut/bitsPerByte": 3,
  whole: false,
});
const stepsOf = () => readMetrics(run).map(({ step }) => step);

describe("metrics", () => {
  it("come back as they were written", () => {
    appendMetrics(run, at(1));
    expect(readMetrics(run)).toEqual([at(1)]);
    expect(isStep(at(1))).toBe(false);
  });

  it("are none before a run began", () => expect(readMetrics(run)).toEqual([]));

  it("forget what a crash cut off or what is no metric", () => {
    appendMetrics(run, at(1));
    appendFileSync(join(run, "metrics.jsonl"), 'null\n[]\n{"step":"2"}\n{"step":2,"tok');
    expect(stepsOf()).toEqual([1]);
  });

  it("are rewound to a step, so that nothing is told twice", () => {
    for (const step of [1, 2, 3, 4]) appendMetrics(run, at(step));
    appendFileSync(join(run, "metrics.jsonl"), '{"torn');
    rewindMetrics(run, 2);
    appendMetrics(run, at(3));
    expect(stepsOf()).toEqual([1, 2, 3]);
  });
});
