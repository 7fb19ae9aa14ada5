/** Pairs of sentences, from two files to translations on stdout: the encoder-decoder in the same trainer. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HeldOutMetrics, isStep, readMetrics } from "../src/run/metrics";
import { bundleCommand, losses, reformer, start, temporaryFolder } from "./run-reformer";

const samples = join(import.meta.dirname, "../../../packages/data/test/samples/opennmt-ende");
const pairs = `${join(samples, "val.en")},${join(samples, "val.de")}`;
const tiny = [
  "--backend wasm --task translation --tokenizer 300 --held-out 0.1 --hidden-dropout 0.1",
  "--d-model 32 --d-ff 32 --num-heads 2 --d-head 16 --encoder-layers full --decoder-layers full,lsh --chunk-length 16",
  "--positions learned --max-length 128 --length 128 --batch 4 --clip-norm 1 --warmup 2 --learning-rate 0.01 --evaluate-tokens 100",
  "--sample-tokens 6 --sample-every 2",
].flatMap((line) => line.split(" "));
const config = join(import.meta.dirname, "../configs/debug.yaml");

const home = mkdtempSync(join(tmpdir(), "reformer-translation-"));
const run = join(home, "run");
const train = (...args: string[]) =>
  reformer("train", "--config", join(home, "empty.yaml"), ...tiny, "--corpus", pairs, ...args);

beforeAll(async () => {
  writeFileSync(join(home, "empty.yaml"), "training: { schedule: constant }\n");
  const { code, err } = await train("--steps", "4", "--run", run);
  if (code !== 0) throw new Error(err);
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("training", () => {
  it("learns, samples and leaves what a run of text leaves", () => {
    const [first, , , last] = losses(run);
    expect(first).toBeGreaterThan(5);
    expect(last).toBeLessThan(first!);
    expect(readFileSync(join(run, "samples", "step-00000004.txt"), "utf8")).toMatch(/ → .* \(meant: /);
    expect(readFileSync(join(run, "README.md"), "utf8")).toContain("pipeline_tag: translation");
    const steps = readMetrics(run).filter(isStep);
    // Of each pair only what is written counts: the padding to 128 tokens does not.
    expect(steps[0]!.tokens).toBeLessThan(4 * 128);
  });

  it("goes on as if it had never stopped, and counts several batches as one", async () => {
    const [parts, two, one] = ["parts", "two", "one"].map((name) => join(temporaryFolder(), name)) as [
      string,
      string,
      string,
    ];
    await train("--steps", "2", "--run", parts);
    const { code, err } = await reformer("train", "--resume", parts, "--steps", "4", "--backend", "wasm");
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(losses(parts)).toEqual(losses(run));

    // Of LSH layers the chunks follow from the length, which is that of a batch's longest sentence.
    const plain = "--steps 3 --hidden-dropout 0 --decoder-layers full --sample-every 0".split(" ");
    await train(...plain, "--run", one);
    await train(...plain, "--batch", "2", "--accumulate", "2", "--run", two);
    for (const [i, loss] of losses(one).entries()) expect(losses(two)[i]).toBeCloseTo(loss, 4);
  });
});

describe("what a checkpoint can do", () => {
  it("evaluate measures it", async () => {
    const { out } = await reformer("evaluate", run, "--backend", "wasm", "--json");
    const result = JSON.parse(out) as { bitsPerToken: number; tokens: number };
    expect(result.bitsPerToken).toBeGreaterThan(4);
    expect(result.tokens).toBeGreaterThan(100);
    const told = readMetrics(run).find((line) => !isStep(line) && line.whole) as HeldOutMetrics;
    // One at a time and four at a time are padded to other lengths, from which the chunks of LSH layers follow.
    expect(result.bitsPerToken).toBeCloseTo(told["heldOut/bitsPerToken"]!, 2);
  });

  it("translate writes a line for each, in order, empty lines included", async () => {
    const file = join(home, "sentences.txt");
    writeFileSync(file, "Parliament does not support it .\n\nToday .\n");
    const args = ["translate", file, "--checkpoint", run, "--backend", "wasm", "--tokens", "6"];
    const { code, out, err } = await reformer(...args);
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(out.split("\n")).toHaveLength(4);
    expect(out.split("\n")[1]).toBe("");
    const objects = (await reformer(...args, "--json", "--beam", "1")).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { source: string; translation: string });
    expect(objects.map(({ source }) => source)).toEqual(["Parliament does not support it .", "", "Today ."]);
    expect(objects[1]!.translation).toBe("");
  });

  it("translate draws with a temperature, the same for the same seed", async () => {
    const file = join(home, "drawn.txt");
    writeFileSync(file, "Today .\n".repeat(18));
    const draw = async (...flags: string[]) => {
      const own = ["--checkpoint", run, "--backend", "wasm", "--tokens", "6", ...flags];
      const { code, out, err } = await reformer("translate", file, ...own);
      expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
      return out;
    };
    const drawn = await draw("--temperature", "1", "--seed", "3");
    expect(new Set(drawn.trimEnd().split("\n")).size).toBeGreaterThan(10);
    expect(await draw("--temperature", "1", "--seed", "3")).toBe(drawn);
    expect(await draw("--temperature", "1", "--seed", "4")).not.toBe(drawn);
    expect(await draw("--temperature", "0")).toBe(await draw("--beam", "1"));
  });

  it("translate reads standard input", async () => {
    const bundle = await bundleCommand();
    const running = start(bundle, ["translate", "--checkpoint", run, "--backend", "wasm", "--tokens", "3"]);
    running.process.stdin?.end("Today .\n");
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(2);
  });

  it.each([
    ["generate", run],
    ["score", config, "--checkpoint", run],
    ["export", "nowhere", run],
    ["convert", run, "nowhere"],
    ["complete", "--checkpoint", run],
    ["train", "--steps", "1", "--init", run],
  ])("%s refuses it, and says what takes it", async (...args) => {
    const { code, out, err } = await reformer(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.split("\n").at(-2)).toMatch(
      /^reformer: checkpoint is .*step-00000004, a model that translates, but must be one that goes on with a sequence; `reformer translate`, `reformer evaluate` and `reformer train --resume` take this one\.$/,
    );
    expect(existsSync("nowhere")).toBe(false);
  });

  it("train --init has nothing for translation to begin with", async () => {
    const { code, err } = await train("--steps", "1", "--init", run);
    expect([code, err]).toEqual([
      2,
      `reformer: --init is ${run}, for task translation, but must be left out: translation begins with fresh weights; a run goes on with \`reformer train --resume\`.\n`,
    ]);
  });

  it("translate refuses what cannot be", async () => {
    const both = await reformer("translate", "--checkpoint", run, "--temperature", "1", "--beam", "2");
    expect([both.code, both.err]).toEqual([
      2,
      "reformer: option '--temperature <t>' cannot be used with option '--beam <n>'. See `reformer --help`.\n",
    ]);
    const file = join(home, "long.txt");
    writeFileSync(file, "word ".repeat(300));
    const long = await reformer("translate", file, "--checkpoint", run, "--backend", "wasm");
    expect([long.code, long.err]).toEqual([
      2,
      expect.stringMatching(/sentence "word .*…" is \d+ tokens, but must be at most 127/),
    ]);
  });
});

describe("a corpus that is no pairs", () => {
  it.each([
    ["novel", "corpus is novel, but must be pairs: two files"],
    [`${join(samples, "val.en")}`, "line 1 is without a tab, but must be source, tab, target."],
    [`${join(samples, "val.en")},${config}`, "translation pairs is 50 lines and"],
    ["gone.en,gone.de", "gone.en is missing"],
  ])("%s", async (corpus, words) => {
    const { code, err } = await reformer(
      "train",
      ...tiny,
      "--steps",
      "1",
      "--corpus",
      corpus,
      "--config",
      join(home, "empty.yaml"),
    );
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
