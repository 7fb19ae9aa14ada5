/** `reformer bench`: lines with the same figures whatever becomes of a length, a table, a figure, and refusals in a sentence. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { benchCommand } from "../src/commands/bench";
import { bundleProgram, type Ended, reformer, temporaryFolder } from "./run-reformer";

let program = "";
beforeAll(async () => {
  program = await bundleProgram("bench/step-process.ts");
});

/** The command with the program that was built from the sources. */
async function bench(...args: string[]): Promise<Ended> {
  let [out, err, code] = ["", "", 0];
  const terminal = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    interactive: false,
  };
  const command = benchCommand(terminal, (ending) => (code = ending), { program }).exitOverride();
  await command.parseAsync(["--backend", "wasm", "--steps", "1", ...args], { from: "user" });
  return { code, out, err };
}

const linesOf = ({ out }: Ended) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("lines", () => {
  it("have speed and memory of every length, and the reason where one does not fit", async () => {
    const ended = await bench("--lengths", "256,4194304,128", "--depths", "1", "--memory", "1GB", "--json");
    expect(ended).toMatchObject({ code: 0, err: "" });
    const lines = linesOf(ended);
    expect(lines.map(({ length }) => length)).toEqual([256, 4_194_304, 128]);
    const [first, refused, last] = lines;
    for (const line of [first!, last!]) {
      expect(line).toMatchObject({
        backend: "wasm",
        kernels: "fused",
        depth: 1,
        numHashes: 1,
        keepLayers: 1,
      });
      for (const figure of ["tokensPerSecond", "peakBytes", "tensorBytes", "gigaflops", "matMulGigaflops"])
        expect(line[figure]).toBeGreaterThan(0);
      expect(line["peakBytes"]).toBeGreaterThan(line["tensorBytes"] as number);
      const [before, after] = line["losses"] as number[];
      expect(before).toBeCloseTo(Math.log(320), 0);
      expect(after).toBeLessThan(before!);
    }
    expect(first!["tensorBytes"]).toBeGreaterThan(last!["tensorBytes"] as number);
    expect(refused).toMatchObject({ tokensPerSecond: null, peakBytes: null });
    expect(refused!["refused"]).toMatch(
      /length is 1 x 4194304 tokens.*estimated [\d.]+ GB.*must be .*about \d+ tokens/,
    );
  });

  it("are one for each number of rounds, and one alone without LSH", async () => {
    const flags = "--lengths 128 --depths 1 --rounds 1,2 --attention lsh,local --kernels composed --json";
    const lines = linesOf(await bench(...flags.split(" ")));
    const series = lines.map(({ attention, depth, numHashes }) => `${attention} ${depth} ${numHashes}`);
    expect(series).toEqual(["lsh 1 1", "lsh 1 2", "local 1 1"]);
    for (const line of lines) expect(line["kernels"]).toBe("composed");
  });

  it("are refused alone, with code 2 when nothing was measured", async () => {
    const { code, out } = await bench("--lengths", "4194304", "--memory", "1GB");
    expect(code).toBe(2);
    expect(out).toContain("4,194,304");
    expect(out).toContain("must be what fits into");
  });

  it("are given up after a time", async () => {
    const [line] = linesOf(await bench("--lengths", "65536", "--minutes", "0.01", "--json"));
    expect(line).toMatchObject({ refused: "not done within 0.01 minutes", tokensPerSecond: null });
  });
});

it("draws full attention beside LSH, both axes with equal room for equal factors", async () => {
  const file = join(temporaryFolder(), "speed.svg");
  const { out } = await bench("--svg", file, "--lengths", "128", "--rounds", "1,2");
  expect(out.match(/^ +128 {2}(full|lsh) .*\d+%/gm)).toHaveLength(3);
  const svg = readFileSync(file, "utf8");
  for (const text of ["full attention", "LSH, 1 round", "LSH, 2 rounds", "microseconds a token", ">128<"])
    expect(svg).toContain(text);
  expect(svg.match(/<path /g)).toHaveLength(3);
  expect(svg).not.toMatch(/NaN|Infinity/);
});

describe("a mistake ends in a sentence:", () => {
  it.each([
    ["--lengths is 12.5, but must be a whole number from 1 to 1073741824.", "--lengths", "128,12.5"],
    ["--depths is 0, but must be a whole number from 1 to 1073741824.", "--depths", "0"],
    ["--rounds is two, but must be a whole number", "--rounds", "two"],
    [
      '--attention is "lhs", but must be one of local+lsh, lsh, local, full (did you mean lsh?).',
      "--attention",
      "lhs",
    ],
    ['--memory is "8", but must be auto, min or a size such as 8GB.', "--memory", "8"],
    ['--backend is "wsm", but must be one of', "--backend", "wsm"],
    ["--minutes is 0, but must be a number from 0.01", "--minutes", "0"],
    ["fused, composed", "--kernels", "native"],
  ])("%s", async (sentence, ...flags) => {
    const { code, out, err } = await reformer("bench", ...flags);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});
