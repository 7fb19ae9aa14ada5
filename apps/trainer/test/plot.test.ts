/** What is made of a run without training on it: curves, and its model in another format. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer } from "./run-reformer";
import { endOf, refused, reportOf, trainedRun } from "./trained-run";

const { home, run, checkpoint } = trainedRun();

describe("plot", () => {
  it("writes one picture for several runs and says where", async () => {
    const file = join(home, "both.svg");
    const { out } = await reformer("plot", run, run, "--against", "minutes", "--out", file);
    expect(out).toBe(`${file}\n`);
    expect(readFileSync(file, "utf8")).toContain("minutes of training");
  });

  it("tells scripts how far runs have come", async () => {
    const file = join(home, "plotted.svg");
    const told = await reportOf("plot", run, "--out", file);
    expect(told).toMatchObject({ file, runs: [{ run, step: 4, bitsPerByte: expect.any(Number) as number }] });
  });
});

describe("a mistake in plot", () => {
  it.each([
    ["plot {home}/gone", "run is {home}/gone, which is not there"],
    ["plot {home}/full", "run is {home}/full, without metrics.jsonl"],
    ["plot {run} --against money", "option '--against <what>' argument 'money' is invalid."],
    ["plot {run} --out {home}/file/x.svg", "{home}/file/x.svg is inside of a file"],
  ])("%s", async (line, message) => {
    mkdirSync(join(home, "full", "sub"), { recursive: true });
    writeFileSync(join(home, "file"), "x");
    expect(await endOf(line, { run, home })).toEqual(refused(message));
  });
});

describe("convert", () => {
  it("tells scripts what it wrote", async () => {
    const to = join(home, "converted");
    const told = await reportOf("convert", run, to, "--to", "tfjs");
    expect(told).toMatchObject({ from: checkpoint, to, format: "tfjs" });
    expect(told["files"]).toContain("model.json");
  });
});
