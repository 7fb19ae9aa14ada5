/** Models from elsewhere, and for elsewhere: transformers, Trax, the hub, other tokenizers, other lengths. */
import { byteTokenizer, type Tokenizer } from "@reformer-ts/data";
import { trainBytePairs } from "@reformer-ts/data/subword";
import {
  decodeSafetensors,
  encodeSafetensors,
  initializeParameters,
  readParameters,
  type ReformerConfig,
  type ReformerOptions,
  resolveConfig,
} from "@reformer-ts/model";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { openBackend } from "../src/backend";
import { tokenizerFiles } from "../src/checkpoints/tokenizer-beside";
import { hubServer } from "./hub-server";
import { reformer, temporaryFolder } from "./run-reformer";

const samples = join(import.meta.dirname, "../../../packages/model/test/samples");
const onWasm = ["--backend", "wasm"];
beforeAll(async () => void (await openBackend("wasm")));

/** A small model with fresh weights, as a folder of ours. */
async function ourFolder(
  options: ReformerOptions = {},
  tokenizer: Tokenizer = byteTokenizer(),
): Promise<string> {
  const config = resolveConfig({
    dModel: 16,
    dFF: 16,
    numHeads: 2,
    dHead: 8,
    layers: ["local", "lsh"],
    chunkLength: 16,
    numBuckets: 4,
    maxLength: 256,
    initializerRange: 0.5,
    vocabSize: tokenizer.vocabSize,
    ...options,
  });
  const parameters = initializeParameters(config, 5);
  const folder = join(temporaryFolder(), "model");
  mkdirSync(folder);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(await readParameters(parameters)));
  for (const [name, bytes] of Object.entries(tokenizerFiles(tokenizer)))
    writeFileSync(join(folder, name), bytes);
  parameters.dispose();
  return folder;
}

const newFolder = () => join(temporaryFolder(), "new");
const configOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as ReformerConfig & Record<string, unknown>;
const tensorsOf = (folder: string) =>
  decodeSafetensors(new Uint8Array(readFileSync(join(folder, "model.safetensors"))), folder).tensors;
async function succeed(...args: string[]) {
  const ended = await reformer(...args);
  if (ended.code !== 0) throw new Error(ended.err);
  return ended;
}
const writes = async (from: string) =>
  (await succeed("generate", from, "--prompt", "Once ", "--tokens", "12", ...onWasm)).out;

describe("reformer export and convert", () => {
  it("go to transformers and back without a change", async () => {
    const ours = await ourFolder();
    const [theirs, back] = [newFolder(), newFolder()];
    expect((await succeed("export", theirs, ours, "--hash-seed", "7")).out).toBe(`${theirs}\n`);
    expect(readdirSync(theirs).toSorted()).toEqual([
      "README.md",
      "config.json",
      "generation_config.json",
      "model.safetensors",
    ]);
    expect(configOf(theirs)["hash_seed"]).toBe(7);
    expect(readFileSync(join(theirs, "README.md"), "utf8")).toContain("bytes of UTF-8");
    await succeed("convert", theirs, back);
    expect(tensorsOf(back)).toEqual(tensorsOf(ours));
    expect(configOf(back)).toEqual({ ...configOf(ours), torchHashSeed: 7 });
    expect(await writes(theirs)).toBe(await writes(back));
  });

  it("take the tokenizer along", async () => {
    const tokenizer = trainBytePairs("one two two three three three ".repeat(20), { vocabSize: 270 });
    const ours = await ourFolder({}, tokenizer);
    const [theirs, back] = [newFolder(), newFolder()];
    await succeed("export", theirs, ours);
    await succeed("convert", theirs, back);
    const written = await writes(back);
    expect(written).toBe(await writes(ours));
    expect(readFileSync(join(back, "tokenizer.json"), "utf8")).toBe(
      readFileSync(join(ours, "tokenizer.json"), "utf8"),
    );
  });

  it("change the longest sequence, and the shape of the position grid", async () => {
    const ours = await ourFolder({ axialShape: [16, 16], axialDims: [4, 12] });
    const [longer, square] = [newFolder(), newFolder()];
    await succeed("convert", ours, longer, "--max-length", "1024");
    expect(configOf(longer).axialShape).toEqual([64, 16]);
    await succeed("convert", ours, square, "--axial-shape", "4,32");
    expect(configOf(square)).toMatchObject({ axialShape: [4, 32], maxLength: 128 });
    expect(await writes(longer)).toBe(await writes(ours));
  });

  it("read what Trax saved, once told what it does not save", async () => {
    const folder = temporaryFolder();
    const pickle = join(folder, "copy.pkl.gz");
    copyFileSync(join(samples, "reformerlm_copy.pkl.gz"), pickle);
    const untold = await reformer("convert", pickle, newFolder());
    expect(untold.code).toBe(2);
    expect(untold.err).toContain(
      `${pickle}: chunkLength is not known, because Trax keeps no configuration with its weights, but must be told in ${join(folder, "copy.json")}, such as {"chunkLength": 64}.`,
    );
    writeFileSync(join(folder, "copy.json"), '{"chunkLength": 64}');
    const to = newFolder();
    await succeed("convert", pickle, to);
    expect(configOf(to)).toMatchObject({
      vocabSize: 13,
      dModel: 64,
      layers: ["local", "local"],
      headBias: true,
    });
    const speechless = await reformer("generate", to, "--prompt", "1", ...onWasm);
    expect(speechless.err).toContain("a model of 13 tokens without a tokenizer");
  });

  it.each<[string, (ours: string) => string[], string]>([
    ["a folder with something in it", (ours) => ["convert", ours, ours], "which is there already"],
    ["nothing to read", () => ["convert", "./nowhere", "to"], "which is not there"],
    [
      "a file of another kind",
      (ours) => ["convert", join(ours, "config.json"), "to"],
      "a file ending in .safetensors",
    ],
    [
      "a grid that is none",
      (ours) => ["convert", ours, newFolder(), "--axial-shape", "4,x"],
      "--axial-shape is x",
    ],
  ])("refuse %s", async (_, args, sentence) => {
    const ended = await reformer(...args(await ourFolder()));
    expect(ended.code).toBe(2);
    expect(ended.err).toContain(sentence);
  });

  it("refuse to promise transformers what it lacks", async () => {
    const ours = await ourFolder({ positions: "sinusoidal" });
    const ended = await reformer("export", newFolder(), ours);
    expect(ended.err).toBe(
      "reformer: the model is one with sinusoidal positions, but must be made of what transformers' Reformer has, to be opened there.\n",
    );
  });
});

describe("a hub id", () => {
  it("is taken wherever a checkpoint is", async () => {
    const ours = await ourFolder();
    const theirs = newFolder();
    await succeed("export", theirs, ours);
    const hub = await hubServer(theirs, "someone/small");
    vi.stubEnv("HF_ENDPOINT", hub.endpoint);
    vi.stubEnv("REFORMER_CACHE", temporaryFolder());
    expect(await writes("someone/small")).toBe(await writes(theirs));
    const text = join(temporaryFolder(), "text.txt");
    writeFileSync(text, "Something to be foretold, byte by byte.\n".repeat(20));
    const score = ["score", text, "--length", "64", "--json", ...onWasm];
    const { out } = await succeed(...score, "--checkpoint", "someone/small");
    expect(out).toBe((await succeed(...score, "--checkpoint", theirs)).out);
    const evaluated = await succeed(
      "evaluate",
      "someone/small",
      "--corpus",
      text,
      "--length",
      "64",
      ...onWasm,
    );
    expect(evaluated.out).toMatch(/^held-out bits per byte: \d+\.\d\d\n$/);
    const unknown = await reformer("generate", "someone/else", ...onWasm);
    expect(unknown.err).toMatch(/someone\/else is neither here nor known to 127\.0\.0\.1/);
    vi.unstubAllEnvs();
  });
});

describe("reformer train --init", () => {
  const train = (...args: string[]) =>
    succeed(
      "train",
      ..."--config debug --batch 1 --length 64 --evaluate-every 0 --sample-every 0 --warmup 0 --held-out 0.05".split(
        " ",
      ),
      ...onWasm,
      ...args,
    );

  it("goes on with the weights of another model, longer if asked, and resumes", async () => {
    const text = join(temporaryFolder(), "text.txt");
    writeFileSync(text, "And so on, and so forth.\n".repeat(60));
    const ours = await ourFolder();
    const theirs = newFolder();
    await succeed("export", theirs, ours);
    const run = newFolder();
    const flags = ["--corpus", text, "--learning-rate", "1e-9"];
    await train("--run", run, "--init", theirs, "--max-length", "512", "--steps", "2", ...flags);
    expect(readdirSync(run)).toContain("step-00000002");
    expect(configOf(join(run, "step-00000002"))).toMatchObject({ dModel: 16, maxLength: 512 });
    // At so low a rate the weights are still those that were given.
    const [before, after] = [tensorsOf(ours), tensorsOf(join(run, "step-00000002"))];
    const weights = (tensors: typeof before) => tensors["layers.0.attention.query"]!.data as Float32Array;
    weights(after).forEach((value, i) => expect(value).toBeCloseTo(weights(before)[i]!, 6));
    await succeed("train", "--resume", run, "--steps", "3", ...onWasm);
    expect(readdirSync(run)).toContain("step-00000003");
  });

  it("trains on the tokens of its tokenizer, and counts bits by bytes", async () => {
    const words = "one two two three three three ".repeat(200);
    const text = join(temporaryFolder(), "text.txt");
    writeFileSync(text, words);
    const tokenizer = trainBytePairs(words, { vocabSize: 270 });
    const run = newFolder();
    const ours = await ourFolder({}, tokenizer);
    const { out } = await train("--run", run, "--init", ours, "--corpus", text, "--steps", "1");
    expect(readdirSync(join(run, "step-00000001"))).toContain("tokenizer.json");
    const [metrics] = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
    const { "train/loss": loss, "train/bitsPerByte": bits } = JSON.parse(metrics!) as Record<string, number>;
    const bytesPerToken = loss! / Math.LN2 / bits!;
    expect(bytesPerToken).toBeGreaterThan(2);
    const figure = Number(/bits per byte: ([\d.]+)/.exec(out)![1]);
    const scored = await succeed("evaluate", run, "--json", ...onWasm);
    expect((JSON.parse(scored.out) as { bitsPerByte: number }).bitsPerByte).toBeCloseTo(figure, 1);
    expect(await writes(run)).not.toBe("");
  });

  it("refuses flags that the weights cannot follow", async () => {
    const ours = await ourFolder();
    const ended = await reformer(
      "train",
      "--init",
      ours,
      "--length",
      "64",
      "--d-ff",
      "32",
      "--config",
      "debug",
      "--run",
      newFolder(),
    );
    expect(ended.code).toBe(2);
    expect(ended.err).toContain(`--d-ff is 32, but must be 16, because the weights of ${ours} are so.`);
  });
});
