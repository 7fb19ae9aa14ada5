/** Every preset that ships trains: two steps of its own model, on short windows. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { presetNames } from "../src/config/files";
import { isStep, readMetrics } from "../src/run/metrics";
import { reformer, temporaryFolder } from "./run-reformer";

const pictures = join(import.meta.dirname, "../../../packages/data/test/samples/emoji");
/** What makes a preset small, and gives it data that are there. */
const smaller: Record<string, string[]> = {
  "images-small": ["--corpus", pictures, "--image-size", "8", "--held-out", "0.3"],
};
const shortWindows = ["--length", "128", "--evaluate-stride", "null", "--held-out", "0.0005"];

it.each(presetNames())("%s", async (name) => {
  const run = join(temporaryFolder(), "run");
  const short = "--backend wasm --steps 2 --batch 1 --evaluate-every 0 --sample-every 0".split(" ");
  const { code, out, err } = await reformer(
    "train",
    "--config",
    name,
    ...short,
    ...(smaller[name] ?? shortWindows),
    "--run",
    run,
  );
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  expect(out).toMatch(/^held-out bits per (byte|dim): \d\.\d\d\n/);
  const losses = readMetrics(run)
    .filter(isStep)
    .map((line) => line["train/loss"]);
  expect(losses).toHaveLength(2);
  // A fresh model knows nothing: as many bits as a byte has.
  expect(losses[0]).toBeGreaterThan(5);
  expect(losses[0]).toBeLessThan(6);
  expect(losses[1]).not.toBe(losses[0]);
});
