import { describe, expect, it } from "vitest";
import { bytes, duration, progressView, speedometer } from "./progress";
import type { StepMetrics } from "./run/metrics";

const at = (step: number, seconds: number, tokensPerSecond = 500): StepMetrics => ({
  step,
  tokens: step * 1000,
  seconds,
  "train/loss": Math.LN2 * 2,
  "train/bitsPerByte": 2,
  learningRate: 0.001,
  tokensPerSecond,
  memory: 1.25e9,
});

function lines(steps: readonly StepMetrics[], total: number | null, logEvery = 10): string[] {
  let said = "";
  const view = progressView(
    { out: () => {}, err: (text) => (said += text), interactive: false },
    { logEvery, tokensPerStep: 1000 },
  );
  for (const step of steps) view.step(step, total);
  view.done();
  return said.split("\n").slice(0, -1);
}

describe("speedometer", () => {
  it("takes the mean of the times, not of the speeds", () => {
    const speed = speedometer(1000);
    speed.step(at(1, 1, 1000));
    speed.step(at(2, 4, 1000 / 3));
    expect(speed.tokensPerSecond()).toBeCloseTo(500, 9);
  });

  it("reckons with evaluations between steps, and with the steps of this session alone", () => {
    const speed = speedometer(1000);
    for (const step of [101, 102, 103]) speed.step(at(step, 50 + 4 * (step - 100)));
    expect(speed.secondsLeft(103, 113)).toBeCloseTo(40, 9);
  });
});

describe("progressView", () => {
  it("says the first step, every tenth and the last, one line each, where nobody watches", () => {
    const said = lines(
      Array.from({ length: 25 }, (_, i) => at(i + 1, i)),
      25,
    );
    expect(said.map((line) => line.split(" ")[1])).toEqual(["1/25", "10/25", "20/25", "25/25"]);
    expect(said[1]).toBe(
      "step 10/25 | loss 1.3863 | 2.000 bits/byte | lr 1.0e-3 | 500 tok/s | eta 15s | peak 1.3 GB",
    );
  });

  it("does not pretend to know the end", () => {
    expect(lines([at(1, 1)], null)[0]).toContain("step 1/? ");
    expect(lines([at(1, 1)], null)[0]).toContain("eta ?");
  });
});

it.each([
  [0.4, "0s"],
  [59.6, "1m00s"],
  [185, "3m05s"],
  [7800, "2h10m"],
])("duration(%d) is %s", (seconds, text) => expect(duration(seconds)).toBe(text));

it.each([
  [166e6, "166 MB"],
  [1.25e9, "1.3 GB"],
])("bytes(%d) is %s", (count, text) => expect(bytes(count)).toBe(text));
