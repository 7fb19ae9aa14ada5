/** `reformer generate`: the text on stdout and nothing else, the same for the same seed. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer } from "./run-reformer";
import { endOf, refused, reportOf, trainedRun } from "./trained-run";

const { home, run, checkpoint } = trainedRun();
const write = (...args: string[]) =>
  reformer("generate", run, "--backend", "wasm", "--tokens", "30", ...args);

describe("generate", () => {
  it("writes nothing but the text to stdout, the same for the same seed", async () => {
    const first = await write("--prompt", "It was ", "--seed", "3");
    const again = await write("--prompt", "It was ", "--seed", "3");
    const other = await write("--prompt", "It was ", "--seed", "4");
    expect(first.code).toBe(0);
    expect(first.out.length).toBeGreaterThan(5);
    expect(first.out).not.toContain("It was");
    expect(first.err).toContain("It was ");
    expect(again.out).toBe(first.out);
    expect(other.out).not.toBe(first.out);
  });

  it("begins with whole words of the held-out text unless told otherwise", async () => {
    const text = readFileSync(join(checkpoint, "trainer.json"), "utf8");
    expect(text).toContain('"corpus": "novel"');
    const { err } = await write("--passage", "100");
    const said = err.split("(SIMD)\n")[1] ?? err;
    expect(said.trim().split(/\s+/).length).toBeGreaterThan(20);
  });

  it("reads the end of a prompt that is longer than the model's positions", async () => {
    const file = join(home, "long.txt");
    writeFileSync(file, "word ".repeat(2000));
    expect((await write("--prompt-file", file)).code).toBe(0);
  });

  it("warns of positions that no window of the training reached", async () => {
    const warning = "positions from there on were never learned";
    expect((await write("--prompt", "It was ")).err).not.toContain(warning);
    expect((await write("--prompt", "It was ", "--tokens", "900")).err).toContain(warning);
  });

  it("tells scripts prompt and text together", async () => {
    const options = ["--backend", "wasm", "--tokens", "9", "--prompt", "He"];
    const told = await reportOf("generate", run, ...options);
    expect(told).toMatchObject({ checkpoint: checkpoint, prompt: "He", tokens: 9 });
    expect(`${told["text"] as string}\n`).toBe((await reformer("generate", run, ...options)).out);
  });
});

describe("a mistake in generate", () => {
  it.each([
    ["generate {home}/gone", "checkpoint is {home}/gone, which is not there"],
    ["generate {home}/full", "checkpoint is {home}/full, which holds no config.json"],
    ["generate {run} --tokens 0", "--tokens is 0, but must be a whole number from 1."],
    ["generate {run} --tokens 2.5", "--tokens is 2.5, but must be a whole number from 1."],
    [
      "generate {run} --tokens 1024 --backend wasm",
      "--tokens is 1024, but must be less than maxLength = 1024",
    ],
    ["generate {run} --temperature hot", "--temperature is hot, but must be a number from 0 to 100."],
    ["generate {run} --top-p 1.5", "--top-p is 1.5, but must be a number from 0 to 1."],
    ["generate {run} --prompt= --backend wasm", "--prompt is empty, but must be at least one character."],
    [
      "generate {run} --prompt a --prompt-file b",
      "option '--prompt-file <file>' cannot be used with option '--prompt <text>'",
    ],
    ["generate {run} --prompt-file gone.txt --backend wasm", "gone.txt is missing"],
    ["generate {run} --passage 99999999 --backend wasm", "--passage is 99999999, but must be less than 1155"],
  ])("%s", async (line, message) => {
    mkdirSync(join(home, "full", "sub"), { recursive: true });
    expect(await endOf(line, { run, home })).toEqual(refused(message));
  });
});
