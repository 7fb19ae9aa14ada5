/** The command line as people meet it: help, results on stdout, and one sentence for every mistake. */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reformer, temporaryFolder } from "./run-reformer";

const verbs = [
  "prepare",
  "train",
  "generate",
  "complete",
  "translate",
  "evaluate",
  "score",
  "plot",
  "convert",
  "export",
  "verify",
  "bench",
  "doctor",
  "backend",
];

let home = "";
let run = "";
const checkpoint = () => join(run, "step-00000004");
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "reformer-commands-"));
  run = join(home, "run");
  const flags =
    "--config debug --backend wasm --steps 4 --length 256 --d-model 16 --axial-dims 4,12 --d-ff 16 --sample-every 2 --sample-tokens 8 --evaluate-tokens 256 --held-out 0.001";
  const { code, err } = await reformer("train", ...flags.split(" "), "--run", run);
  if (code !== 0) throw new Error(err);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("help", () => {
  it.each(verbs)("of %s describes it, with examples", async (verb) => {
    const { code, out, err } = await reformer(verb, "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Usage: reformer ${verb}`);
    expect(out).toContain(`Examples:\n  reformer ${verb}`);
  });

  it("lists every verb, also when nothing is asked for", async () => {
    const { code, out } = await reformer();
    expect(code).toBe(0);
    for (const verb of verbs) expect(out).toContain(`\n  ${verb} `);
  });
});

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
    const text = readFileSync(join(checkpoint(), "trainer.json"), "utf8");
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
});

describe("evaluate and score", () => {
  it("tell the same figure, for people and for scripts", async () => {
    const people = await reformer("evaluate", run, "--backend", "wasm");
    const script = await reformer("evaluate", checkpoint(), "--backend", "wasm", "--json");
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

describe("plot", () => {
  it("writes one picture for several runs and says where", async () => {
    const file = join(home, "both.svg");
    const { out } = await reformer("plot", run, run, "--against", "minutes", "--out", file);
    expect(out).toBe(`${file}\n`);
    expect(readFileSync(file, "utf8")).toContain("minutes of training");
  });
});

describe("for scripts", () => {
  const json = async (...args: string[]) => {
    const { code, out, err } = await reformer(...args, "--json");
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(out.split("\n")).toHaveLength(2);
    return JSON.parse(out) as Record<string, unknown>;
  };

  it("plot tells how far runs have come", async () => {
    const file = join(home, "plotted.svg");
    const told = await json("plot", run, "--out", file);
    expect(told).toMatchObject({ file, runs: [{ run, step: 4, bitsPerByte: expect.any(Number) as number }] });
  });

  it("convert tells what it wrote", async () => {
    const to = join(home, "converted");
    const told = await json("convert", run, to, "--to", "tfjs");
    expect(told).toMatchObject({ from: checkpoint(), to, format: "tfjs" });
    expect(told["files"]).toContain("model.json");
  });

  it("generate tells prompt and text together", async () => {
    const options = ["--backend", "wasm", "--tokens", "9", "--prompt", "He"];
    const told = await json("generate", run, ...options);
    expect(told).toMatchObject({ checkpoint: checkpoint(), prompt: "He", tokens: 9 });
    expect(`${told["text"] as string}\n`).toBe((await reformer("generate", run, ...options)).out);
  });

  it("train tells where everything is, finished or not", async () => {
    const short = "--config debug --backend wasm --steps 1 --length 64 --held-out 0.0002 --sample-every 0";
    const own = join(temporaryFolder(), "run");
    const told = await json("train", ...short.split(" "), "--run", own);
    expect(told).toMatchObject({
      run: own,
      finished: true,
      step: 1,
      bitsPerByte: expect.any(Number) as number,
    });
    expect(told["checkpoint"]).toBe(join(own, "step-00000001"));
  });
});

describe("a mistake on the command line", () => {
  it.each([
    ["backend", "a command is missing."],
    ["backend instal", "unknown command 'instal' (Did you mean install?)"],
    ["backend install --gpus", "unknown option '--gpus' (Did you mean --gpu?)"],
    ["doctor --jsn", "unknown option '--jsn' (Did you mean --json?)"],
    ["frob", "unknown command 'frob'"],
    ["trian", "unknown command 'trian' (Did you mean train?)"],
    ["--frob", "unknown option '--frob'"],
    ["train --stpes 3", "unknown option '--stpes' (Did you mean --steps?)"],
    ["train surplus", "too many arguments"],
    ["train --steps", "option '--steps <value>' argument missing"],
    ["train --steps=", "--steps is empty, but must be given a value."],
    ["train --steps abc", '--steps is "abc", but must be of type number.'],
    ["train --steps -5", "--steps is -5, but must be at least 1."],
    ["train --steps 1.5", "--steps is 1.5, but must be of type whole number."],
    ["train --steps NaN", '--steps is "NaN", but must be of type number.'],
    ["train --steps 1e999", '--steps is "1e999", but must be of type number.'],
    ["train --minutes 0", "--minutes is 0, but must be more than 0."],
    ["train --learning-rate fast", '--learning-rate is "fast", but must be of type number.'],
    ["train --causal maybe", '--causal is "maybe", but must be of type boolean.'],
    ["train --causal false", "--causal is false, but must be true"],
    ["train --layers lsh,loca", '--layers is "loca", but must be one of lsh, local, full.'],
    ["train --layers ,", '--layers is "", but must be one of lsh, local, full.'],
    ["train --num-buckets 7", "--num-buckets is 7, but must be an even number"],
    ["train --num-buckets 4,5", "--num-buckets is [4,5], but must be an even number"],
    ["train --axial-shape 3,5", "--axial-shape is [3, 5], 15 positions, but must be sizes whose product"],
    ["train --length 99999", "--length is 99999, but must be at most maxLength = 4096"],
    ["train --seed -1", "--seed is -1, but must be at least 0."],
    ["train --vocab-size 10", "--vocab-size is 10, but must be at least 256"],
    ["train --config debgu", "--config is debgu, but must be debug (did you mean that?)"],
    ["train --config gone.yaml", "--config is gone.yaml, but must be"],
    ["train --corpus gone.txt", "gone.txt is missing, but must be"],
    [
      "train --config debug --held-out 0.9999",
      "corpus is 116 tokens long without what is held out, but must be longer than a window",
    ],
    [
      "train --config debug --run {home}/file",
      "--run is {home}/file, a file, but must be a new or empty folder.",
    ],
    [
      "train --config debug --run {home}/full",
      "--run is {home}/full, which is not empty, but must be a new or empty folder.",
    ],
    ["train --config debug --run {home}/file/sub", "{home}/file/sub is inside of a file"],
    ["train --config debug --run {run}", "--run is {run}, where there is a run already"],
    [
      "train --resume {home}/gone",
      "--resume is {home}/gone, which is not there, but must be the folder of a run.",
    ],
    ["train --resume {home}", "--resume is {home}, but must be the folder of a run, with its run.json."],
    ["train --resume {run} --run {home}", "--resume is {run}, but must be the same folder as --run {home}"],
    [
      "train --config debug --backend tensroflow --run {home}/b",
      '--backend is "tensroflow", but must be one of',
    ],
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
    ["plot {home}/gone", "run is {home}/gone, which is not there"],
    ["plot {home}/full", "run is {home}/full, without metrics.jsonl"],
    ["plot {run} --against money", "option '--against <what>' argument 'money' is invalid."],
    ["plot {run} --out {home}/file/x.svg", "{home}/file/x.svg is inside of a file"],
  ])("%s", async (line, message) => {
    mkdirSync(join(home, "full", "sub"), { recursive: true });
    writeFileSync(join(home, "file"), "x");
    writeFileSync(join(home, "latin.txt"), Buffer.from("caf\u00e9 au lait", "latin1"));
    const fill = (text: string) => text.replaceAll("{home}", home).replaceAll("{run}", run);
    const { code, out, err } = await reformer(...line.split(" ").map(fill));
    expect(err.split("\n").at(-2)).toContain(`reformer: ${fill(message)}`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).not.toMatch(/\n\s+at /);
  });
});

const spoil = (name: string, edit: (bytes: Buffer) => Buffer | string) => (folder: string) => {
  const path = join(folder, name);
  writeFileSync(path, edit(readFileSync(path)));
};
const patch = (name: string, change: (value: Record<string, unknown>) => void) =>
  spoil(name, (bytes) => {
    const value = JSON.parse(bytes.toString()) as Record<string, unknown>;
    change(value);
    return JSON.stringify(value);
  });
const remove = (name: string) => (folder: string) => rmSync(join(folder, name));

describe("a damaged checkpoint", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["without weights", remove("model.safetensors"), "model.safetensors is missing"],
    ["without config", remove("config.json"), "which holds no config.json"],
    [
      "with weights cut short",
      spoil("model.safetensors", (bytes) => bytes.subarray(0, -7)),
      "bytes long, as it was written: it is cut short",
    ],
    ["with an empty weights file", spoil("model.safetensors", () => ""), "model.safetensors is 0 bytes long"],
    [
      "with one bit flipped",
      spoil("model.safetensors", (bytes) =>
        Buffer.from(bytes.map((byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte))),
      ),
      "is damaged (its sha256 has changed)",
    ],
    [
      "with the optimizer's file for weights",
      (folder) => copyFileSync(join(folder, "optimizer.safetensors"), join(folder, "model.safetensors")),
      "cut short or of another checkpoint",
    ],
    [
      "with config.json cut short",
      spoil("config.json", (bytes) => bytes.subarray(0, 40)),
      "config.json is not JSON",
    ],
    [
      "with an empty config.json",
      spoil("config.json", () => ""),
      "config.json is empty, but must be a complete JSON file",
    ],
    [
      "with a huge config.json",
      (folder) => appendFileSync(join(folder, "config.json"), " ".repeat(2 << 20)),
      "but must be at most 1 MB",
    ],
    [
      "with an unknown key",
      patch("config.json", (config) => (config["dModle"] = 1)),
      "config.json.dModle is not a known key, but must be dModel",
    ],
    [
      "with a config of other weights",
      patch("config.json", (config) => (config["dFF"] = 32)),
      "F32 of shape [16, 16]",
    ],
    [
      "with a config that cannot be",
      patch("config.json", (config) => (config["dHead"] = -1)),
      "config.json.dHead is -1, but must be at least 1",
    ],
    ["with a list for a config", spoil("config.json", () => "[]"), "config.json is []"],
    [
      "of a newer reformer",
      patch("trainer.json", (state) => (state["formatVersion"] = 2)),
      "formatVersion is 2, of a newer reformer, but must be at most 1",
    ],
    [
      "with trainer.json cut short",
      spoil("trainer.json", (bytes) => bytes.subarray(0, 100)),
      "trainer.json is not JSON",
    ],
    ["with trainer.json of null", spoil("trainer.json", () => "null"), "trainer.json"],
    [
      "with a step that is none",
      patch("trainer.json", (state) => (state["step"] = -3)),
      "trainer.json.step is -3, but must be at least 0",
    ],
    [
      "with a corpus that is gone",
      patch("trainer.json", (state) => (state["data"] = { corpus: "/gone.txt", heldOut: 0.1 })),
      "/gone.txt is missing",
    ],
  ])("%s", async (_, damage, message) => {
    const copy = join(temporaryFolder(), "step-00000004");
    cpSync(checkpoint(), copy, { recursive: true });
    damage(copy);
    const { code, out, err } = await reformer("evaluate", copy, "--backend", "wasm");
    expect(err.split("\n").at(-2)).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it.each<[string, (folder: string) => void, string]>([
    ["without the optimizer", remove("optimizer.safetensors"), "optimizer.safetensors is missing"],
    ["without trainer.json", remove("trainer.json"), "which has weights alone"],
    [
      "with the optimizer cut short",
      spoil("optimizer.safetensors", (bytes) => bytes.subarray(0, 999)),
      "cut short",
    ],
    [
      "of another text",
      patch("trainer.json", (state) => (state["corpus"] = { bytes: 5, sha256: "00" })),
      "of other bytes than when this run began",
    ],
  ])("cannot be resumed %s", async (_, damage, message) => {
    const copy = join(temporaryFolder(), "run");
    cpSync(run, copy, { recursive: true });
    damage(join(copy, "step-00000004"));
    const { code, err } = await reformer("train", "--resume", copy, "--steps", "5", "--backend", "wasm");
    expect(err.split("\n").at(-2)).toContain(message);
    expect(code).toBe(2);
  });
});

describe("a loss that explodes", () => {
  it("stops training, keeps what was saved and says what to try", async () => {
    const folder = join(temporaryFolder(), "run");
    const { code, err } = await reformer(
      ..."train --config debug --backend wasm --d-model 16 --axial-dims 4,12 --d-ff 16 --held-out 0.001 --warmup 0 --schedule constant".split(
        " ",
      ),
      ..."--learning-rate 1e36 --steps 20 --checkpoint-every 1 --evaluate-every 0 --sample-every 0 --run".split(
        " ",
      ),
      folder,
    );
    expect(code).toBe(2);
    expect(err).toMatch(/reformer: .*step \d+ is .*, but must be .*--learning-rate/);
  });
});
