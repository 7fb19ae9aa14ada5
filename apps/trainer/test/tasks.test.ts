/** Every task from its data to what a person gets: trained, resumed to the exact token, measured, scored, written on. */
import { parseFasta } from "@reformer-ts/data";
import { openNpySource, prepareText, writeNpyTokens } from "@reformer-ts/data/node";
import { trainBytePairs } from "@reformer-ts/data/subword";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { packageFile } from "../src/package-file";
import { losses, reformer } from "./run-reformer";

const home = mkdtempSync(join(tmpdir(), "reformer-tasks-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
};

const novel = gunzipSync(readFileSync(packageFile("assets/crime-and-punishment.txt.gz")));
const passage = novel
  .toString("utf8")
  .replace(/[^ -~\n]/g, "")
  .slice(20_000, 26_000);
const text = file("text.txt", passage);
const vocabulary = trainBytePairs(passage, { vocabSize: 300 });
const heldOutOf = (tokens: number) => tokens - Math.round(0.95 * tokens);
const tokenizer = file("tokenizer.json", JSON.stringify((vocabulary.toJSON() as { file: object }).file));
const prepared = join(home, "prepared");
prepareText(text, prepared, vocabulary);
const bases = Array.from({ length: 3000 }, (_, i) => "ACGT"[(i * i + (i >> 3)) % 4]).join("");
const genome = file("genome.fa.gz", gzipSync(`>bases\n${bases}\n`));
const step = (i: number) => [70 + (i % 7), 65, -1, 50 - (i % 5)];
const piece = (from: number) => Array.from({ length: 60 }, (_, i) => step(from + i));
const chorales = file(
  "chorales.json",
  JSON.stringify({ train: [piece(0), piece(3)], valid: [piece(5)], test: [piece(7), piece(9)] }),
);
const sequence = join(home, "sequence.npy");
writeNpyTokens(sequence, [Array.from({ length: 2000 }, (_, i) => (i * i) % 300)], { vocabSize: 300 });
const rows = join(home, "rows.npy");
const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (20, 64), }".padEnd(117);
writeFileSync(
  rows,
  Buffer.concat([
    Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, "latin1"),
    Buffer.alloc(20 * 64, "abcd"),
  ]),
);

const tiny = [
  "--config debug --backend wasm --d-model 16 --axial-dims 4,12 --d-ff 16 --d-head 8 --layers local,lsh --hidden-dropout 0.1",
  "--length 64 --max-length 64 --axial-shape 8,8 --chunk-length 16 --batch 2 --warmup 2 --schedule constant",
  "--held-out 0.05 --evaluate-tokens 128 --sample-every 2 --sample-tokens 8",
].flatMap((flags) => flags.split(" "));

interface Case {
  flags: string[];
  unit: string;
  vocabSize: number;
  /** What is said of the data. */
  said: RegExp;
  /** Held-out tokens. */
  heldOut: number;
  /** What `score` measures. */
  file?: string;
  /** What `generate` is asked to go on with. */
  prompt: string;
  /** What it may write. */
  writes: RegExp;
  ending?: string;
}

const cases: Record<string, Case> = {
  characters: {
    flags: ["--corpus", text, "--tokenizer", "characters"],
    unit: "byte",
    vocabSize: new Set(passage).size,
    said: /6,000 bytes, \d\d different tokens, \d+ tokens held out/,
    heldOut: 300,
    file: text,
    prompt: "he",
    writes: /./,
  },
  subwords: {
    flags: ["--corpus", text, "--tokenizer", tokenizer],
    unit: "byte",
    vocabSize: 300,
    said: /6,000 bytes, 300 different tokens/,
    heldOut: heldOutOf(vocabulary.encode(passage).length),
    file: text,
    prompt: "he was",
    writes: /./,
  },
  "a prepared text": {
    flags: ["--corpus", prepared],
    unit: "byte",
    vocabSize: 300,
    said: /6,000 bytes, 300 different tokens/,
    heldOut: heldOutOf(vocabulary.encode(passage).length),
    file: text,
    prompt: "he was",
    writes: /./,
  },
  "markup in the standard split": {
    flags: ["--corpus", text, "--tokenizer", "reserved-bytes", "--split", "standard"],
    unit: "byte",
    vocabSize: 258,
    said: /300 tokens held out/,
    heldOut: 300,
    file: text,
    prompt: "he was",
    writes: /[^]/,
  },
  music: {
    flags: ["--task", "music", "--corpus", chorales],
    unit: "token",
    vocabSize: 129,
    said: /723 notes in four voices, 241 of them held out/,
    heldOut: 241,
    file: file("piece.txt", "60 55 50 45\n60 55 - 45\n"),
    prompt: "60 55 50 45\n",
    writes: /^[\d\s-]+\n$/,
    ending: "mid",
  },
  genome: {
    flags: ["--task", "genome", "--corpus", genome],
    unit: "base",
    vocabSize: 6,
    said: /3,001 bases, 150 of them held out/,
    heldOut: 150,
    file: genome,
    prompt: "ACGT",
    writes: /^(>sequence\n|[ACGTN\n])+$/,
    ending: "fa",
  },
  tokens: {
    flags: ["--task", "tokens", "--corpus", sequence],
    unit: "token",
    vocabSize: 290,
    said: /2,000 tokens of 290 kinds, 100 of them held out/,
    heldOut: 100,
    file: sequence,
    prompt: "1 2 3",
    writes: /^[\d ]+\n$/,
    ending: "npy",
  },
  "rows of tokens": {
    flags: ["--task", "tokens", "--corpus", rows],
    unit: "token",
    vocabSize: 256,
    said: /1,280 tokens of 256 kinds in rows of 64, 64 of them held out/,
    heldOut: 64,
    file: rows,
    prompt: "97 98",
    writes: /^[\d ]+\n$/,
  },
  duplication: {
    flags: ["--task", "duplication", "--num-symbols", "9"],
    unit: "token",
    vocabSize: 10,
    said: /sequences 0 w 0 w of 9 symbols, 64 of them held out/,
    heldOut: 64 * 31,
    prompt: "0 1 2 3",
    writes: /^[\d ]+\n$/,
  },
};

describe.each(Object.entries(cases))("%s", (name, expected) => {
  const folder = join(home, name.replaceAll(" ", "-"));
  const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
  mkdirSync(folder);

  it("trains, and goes on at the exact token where it stopped", async () => {
    const train = (run: string, ...flags: string[]) =>
      reformer("train", ...tiny, ...expected.flags, "--run", run, ...flags);
    const { code, out, err } = await train(whole, "--steps", "4");
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(err).toMatch(expected.said);
    expect(out).toContain(`held-out bits per ${expected.unit}: `);
    expect((await train(parts, "--steps", "2")).code).toBe(0);
    const resumed = await reformer("train", "--resume", parts, "--steps", "4", "--backend", "wasm");
    expect([resumed.code, resumed.code === 0 ? "" : resumed.err]).toEqual([0, ""]);
    expect(losses(parts)).toEqual(losses(whole));
    expect(losses(whole)).toHaveLength(4);
    const { model } = JSON.parse(readFileSync(join(whole, "run.json"), "utf8")) as { model: object };
    expect(model).toMatchObject({ vocabSize: expected.vocabSize });
    const endings = new Set(readdirSync(join(whole, "samples")).map((sample) => sample.split(".").at(-1)));
    expect(endings).toEqual(new Set(["txt", ...(name === "music" ? ["mid"] : [])]));
    expect(readFileSync(join(whole, "README.md"), "utf8")).toContain(`held-out bits per ${expected.unit}`);
  });

  it("is measured: what was held out, and any file", async () => {
    const { out } = await reformer("evaluate", whole, "--backend", "wasm", "--json");
    const figures = JSON.parse(out) as Record<string, number>;
    expect(figures).toMatchObject({ tokens: expected.heldOut });
    if (expected.file === undefined) return;
    const scored = await reformer(
      "score",
      expected.file,
      "--checkpoint",
      whole,
      "--backend",
      "wasm",
      "--json",
    );
    expect([scored.code, scored.err.includes("is")]).toEqual([0, false]);
    const bits = `bitsPer${expected.unit[0]!.toUpperCase()}${expected.unit.slice(1)}`;
    expect((JSON.parse(scored.out) as Record<string, number>)[bits]).toBeGreaterThan(0);
  });

  it("is written on", async () => {
    const path = join(folder, `written.${expected.ending ?? "txt"}`);
    const flags = ["--backend", "wasm", "--tokens", "12", "--out", path];
    const { code, out, err } = await reformer("generate", whole, ...flags, "--prompt", expected.prompt);
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(out).toMatch(expected.writes);
    expect(readFileSync(path).length).toBeGreaterThan(4);
    const further = await reformer("generate", whole, "--backend", "wasm", "--tokens", "4");
    expect(further.code).toBe(0);
  });
});

describe("what tasks give besides", () => {
  const run = (name: string) => join(home, name, "whole");

  it("music as MIDI and as lines of four pitches", async () => {
    expect(readFileSync(join(home, "music/written.mid"), "latin1")).toMatch(/^MThd/);
    const { out } = await reformer(
      "generate",
      run("music"),
      "--backend",
      "wasm",
      "--tokens",
      "8",
      "--prompt",
      "60 55 50 45",
    );
    // A fresh model may begin a piece anywhere: lines that are not whole are its own.
    expect(out).toMatch(/^[\d\s-]+$/);
    const { out: test } = await reformer(
      "evaluate",
      run("music"),
      "--backend",
      "wasm",
      "--part",
      "test",
      "--json",
    );
    expect(JSON.parse(test)).toMatchObject({ tokens: 482 });
  });

  it("a genome as FASTA, and what a Markov model makes of it", async () => {
    const written = readFileSync(join(home, "genome/written.fa"));
    expect(parseFasta(written, "written").length).toBe(1 + 4 + 12);
    const { out } = await reformer("evaluate", run("genome"), "--backend", "wasm");
    expect(out).toMatch(
      /^held-out bits per base: \d\.\d\d\na Markov model of order 4 on the same, bits per base: \d\.\d\d\n$/,
    );
  });

  it("tokens as an array", () => {
    const source = openNpySource(join(home, "tokens/written.npy"));
    expect([...source.read(0, 3), source.length]).toEqual([1, 2, 3, 15]);
    source.close();
  });

  it("how much of a copy is right, with more hash rounds too", async () => {
    const { out } = await reformer(
      "evaluate",
      run("duplication"),
      "--backend",
      "wasm",
      "--num-hashes",
      "2",
      "--json",
    );
    const { accuracy } = JSON.parse(out) as { accuracy: number };
    expect(accuracy).toBeGreaterThan(0);
    expect(accuracy).toBeLessThan(0.5);
    const sample = readFileSync(join(run("duplication"), "samples/step-00000004.txt"), "utf8");
    expect(sample).toMatch(/^wanted: (\d ){7}\d\nmade: {3}(\d ){7}\d$/);
  });

  it.each([
    [
      ["generate", run("genome"), "--out", "x.mid"],
      "--out is x.mid, but must be a file ending in .txt or .npy or .fa",
    ],
    [["generate", run("tokens"), "--prompt", "1 b"], "token is NaN, but must be 0 to 289."],
    [["generate", run("genome"), "--prompt", "hello"], 'genome is a text with "e"'],
    [["evaluate", run("genome"), "--part", "test"], "part is test, but must be validation"],
    [
      ["score", text, "--checkpoint", run("duplication")],
      "left out: a model of task duplication is measured by `reformer evaluate` alone",
    ],
    [["evaluate", run("rows-of-tokens"), "--length", "32"], "length is 32, but must be 64, one row"],
    [
      ["train", "--task", "genome", "--corpus", "enwik8"],
      "corpus is enwik8, for --task text, but must be a genome",
    ],
    [["train", "--config", "copy", "--length", "7"], "length is 7, but must be an even number"],
  ])("%j says what is wrong", async (args, message) => {
    const more = args[0] === "train" ? [] : ["--backend", "wasm"];
    const ended = await reformer(...args, ...more);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining(message)]);
  });
});
