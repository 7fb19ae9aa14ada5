/** `reformer evaluate` and `reformer score`: one figure, for people and for scripts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer } from "./run-reformer";
import { endOf, refused, trainedRun } from "./trained-run";

const { home, run, checkpoint } = trainedRun();

describe("evaluate and score", () => {
  it("tell the same figure, for people and for scripts", async () => {
    const people = await reformer("evaluate", run, "--backend", "wasm");
    const script = await reformer("evaluate", checkpoint, "--backend", "wasm", "--json");
    const result = JSON.parse(script.out) as { bitsPerByte: number; step: number; tokens: number };
    expect(people.out).toBe(`held-out bits per byte: ${result.bitsPerByte.toFixed(2)}\n`);
    expect(result).toMatchObject({ step: 4, tokens: 1155 });
  });

  it("measure any text, one line each", async () => {
    const [a, b] = [join(home, "a.txt"), join(home, "b.txt")];
    writeFileSync(a, "the the the");
    writeFileSync(b, "\u0416\u0416\u0416");
    const { out } = await reformer("score", a, b, "--checkpoint", run, "--backend", "wasm", "--json");
    const [first, second] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { file: string; tokens: number; bitsPerByte: number });
    expect(first).toMatchObject({ file: a, tokens: 11 });
    expect(second).toMatchObject({ file: b, tokens: 6 });
    expect(first!.bitsPerByte).toBeLessThan(second!.bitsPerByte);
  });
});

describe("a mistake in evaluate or score", () => {
  it.each([
    [
      "evaluate {run} --length 5000 --backend wasm",
      "length is 5000 tokens, a pass over which needs an estimated 0.0",
    ],
    [
      "evaluate {run} --stride 300 --backend wasm",
      "--stride is 300, but must be at most the window's 256 tokens.",
    ],
    ["score", "missing required argument 'files'"],
    ["score gone.txt --checkpoint {run} --backend wasm", "gone.txt is missing"],
    ["score {home}/latin.txt --checkpoint {run} --backend wasm", "{home}/latin.txt is not UTF-8 at byte 3"],
  ])("%s", async (line, message) => {
    writeFileSync(join(home, "latin.txt"), Buffer.from("caf\u00e9 au lait", "latin1"));
    expect(await endOf(line, { run, home })).toEqual(refused(message));
  });
});
