/** Every preset that ships is a right configuration and trains: two steps of its own model, or of its like where it is the paper's. */
import {
  countParameters,
  estimatePairBytes,
  estimateStepBytes,
  resolveEncoderDecoder,
  translationPresets,
} from "@reformer-ts/model";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { isEncoderDecoder } from "../src/architecture/model-config";
import { presetNames, readConfigFile } from "../src/config/files";
import { resolveRun } from "../src/config/resolve";
import { packageFile } from "../src/package-file";
import { isStep, readMetrics } from "../src/run/metrics";
import { reformer, temporaryFolder } from "./run-reformer";

const home = mkdtempSync(join(tmpdir(), "reformer-presets-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
};

const novel = gunzipSync(readFileSync(packageFile("assets/crime-and-punishment.txt.gz")));
const text = file("text.xml", novel.toString("utf8").slice(0, 20_000));
const sentences = join(import.meta.dirname, "../../../packages/data/test/samples/opennmt-ende");
const pictures = join(import.meta.dirname, "../../../packages/data/test/samples/emoji");
const bases = Array.from({ length: 8000 }, (_, i) => "ACGT"[(i * i + (i >> 3)) % 4]).join("");
const voices = Array.from({ length: 300 }, (_, i) => `${70 + (i % 7)} 65 - ${50 - (i % 5)}`).join("\n");
const thin = ["--d-model", "16", "--d-ff", "16", "--num-heads", "2", "--d-head", "8"];

const smallPictures = ["--corpus", pictures, "--image-size", "8", "--held-out", "0.3"];

/** What makes a preset small, and gives it data that are there. */
const smaller: Record<string, string[]> = {
  "images-small": smallPictures,
  enwik8: ["--corpus", text, ...thin, "--axial-dims", "4,12", "--length", "512"],
  "enwik8-small": ["--corpus", text, "--length", "128"],
  imagenet64: [
    ...smallPictures,
    ...thin,
    ..."--length 192 --max-length 192 --axial-shape 8,8,3 --axial-dims 4,4,8".split(" "),
  ],
  copy: ["--max-length", "64", "--length", "64", "--chunk-length", "8"],
  chorales: ["--corpus", file("voices.txt", `${voices}\n`), "--length", "128"],
  genome: ["--corpus", file("genome.fa", `>bases\n${bases}\n`), "--length", "128"],
  "wmt-ende": [
    "--corpus",
    `${join(sentences, "val.en")},${join(sentences, "val.de")}`,
    ..."--held-out-corpus null --held-out 0.1 --tokenizer bytes --vocab-size 258".split(" "),
    ..."--d-model 32 --d-ff 64 --num-heads 4 --d-head 8".split(" "),
  ],
};
const shortWindows = ["--length", "128", "--evaluate-stride", "null", "--held-out", "0.0005"];

it.each(presetNames())("%s trains", async (name) => {
  const run = join(temporaryFolder(), "run");
  const short = "--backend wasm --steps 2 --batch 1 --evaluate-every 0 --sample-every 0".split(" ");
  const flags = [...short, ...(smaller[name] ?? shortWindows), "--run", run];
  const { code, out, err } = await reformer("train", "--config", name, ...flags);
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  expect(out).toMatch(/^held-out bits per (byte|dim|base|token): \d\.\d\d\n/);
  const losses = readMetrics(run)
    .filter(isStep)
    .map((line) => line["train/loss"]);
  expect(losses).toHaveLength(2);
  const { model } = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as {
    model: { vocabSize: number };
  };
  // A fresh model knows nothing: about as many nats as an even guess.
  const blind = Math.log(model.vocabSize);
  expect(losses[0]).toBeGreaterThan(blind - 0.6);
  expect(losses[0]).toBeLessThan(blind + 0.6);
  expect(losses[1]).not.toBe(losses[0]);
});

describe("the paper's presets", () => {
  const resolved = (name: string) => {
    const { model, training } = resolveRun([readConfigFile(name)]);
    if (isEncoderDecoder(model)) throw new Error(`${name} is a model of pairs`);
    return { model, training };
  };
  const table = (layers: number, dModel: number, dFF: number) => ({ layers, dModel, dFF });

  it.each([
    ["enwik8", 258, 65_536, table(12, 768, 2048)],
    ["imagenet64", 256, 12_288, table(6, 1024, 4096)],
    ["copy", 128, 1024, table(1, 256, 256)],
  ])("%s has the authors' sizes, and a step of it is estimated", (name, vocabSize, length, sizes) => {
    const { model, training } = resolved(name);
    expect({ ...sizes, layers: model.layers.length }).toEqual({
      ...table(0, model.dModel, model.dFF),
      layers: sizes.layers,
    });
    expect([model.vocabSize, model.maxLength, training.length]).toEqual([vocabSize, length, length]);
    const attention = (kind: string) =>
      (kind === "local" ? 4 : 3) * model.dModel * model.numHeads * model.dHead;
    const perLayer = 2 * model.dModel * model.dFF;
    const least = model.layers.reduce((sum, kind) => sum + attention(kind) + perLayer, 0);
    expect(countParameters(model)).toBeGreaterThan(least);
    const positions = model.positions === "learned" ? model.maxLength : 0;
    const tables = (4 * vocabSize + positions) * model.dModel;
    expect(countParameters(model)).toBeLessThan(1.2 * least + tables);
    const bytes = estimateStepBytes(
      model,
      { batch: training.batch, length, fused: false },
      { keepLayers: 0, headByHead: false },
    );
    expect(bytes).toBeGreaterThan(12 * countParameters(model));
    expect(bytes).toBeLessThan(16e9);
  });

  it("wmt-ende is the authors' base model, and a step of it is estimated", () => {
    const { model, training } = resolveRun([readConfigFile("wmt-ende")]);
    if (!isEncoderDecoder(model)) throw new Error("wmt-ende is no model of pairs");
    const paper = translationPresets["wmt-ende"];
    expect(model).toEqual(resolveEncoderDecoder(paper.model));
    const { batch, length, schedule, optimizer } = paper.training;
    expect(training).toMatchObject({ batch, length, steps: schedule.total, schedule: "rsqrt", ...optimizer });
    expect(training.warmup).toBe(schedule.warmup);
    expect(training.learningRate).toBeCloseTo(schedule.peak, 12);
    const bytes = estimatePairBytes(model, { batch, length }, 0);
    expect(bytes).toBeGreaterThan(1e9);
    expect(bytes).toBeLessThan(16e9);
  });

  it("learn at the authors' rates", () => {
    expect(resolved("enwik8").training.learningRate).toBeCloseTo(0.03125 / Math.sqrt(2000), 12);
    expect(resolved("imagenet64").training.learningRate).toBeCloseTo(0.03125 / Math.sqrt(8000), 12);
  });
});
