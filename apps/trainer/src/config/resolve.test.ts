import { describe, expect, it } from "vitest";
import { isEncoderDecoder } from "../architecture/model-config";
import { presetNames, readConfigFile } from "./files";
import type { Layer } from "./layer";
import { resolveRun } from "./resolve";

const base: Layer = { training: { steps: 10 } };
const file = (values: unknown) => ({ file: "my.yaml", values: values as Layer });
const flags = (values: Layer) => ({ file: null, values });

describe("resolveRun", () => {
  it("takes flags before files before defaults", () => {
    const config = resolveRun([
      file({ training: { steps: 10, batch: 3, seed: 5 } }),
      flags({ training: { batch: 4 } }),
    ]);
    expect(config.training).toMatchObject({ steps: 10, batch: 4, seed: 5, schedule: "cosine" });
  });

  it("takes its own result again, unchanged", () => {
    const config = resolveRun([file(base)]);
    expect(resolveRun([file(JSON.parse(JSON.stringify(config)))])).toEqual(config);
  });

  it("takes a section that is empty", () => {
    expect(resolveRun([file({ ...base, data: null })]).data.corpus).toBe("novel");
  });

  it.each([
    [{ trainign: {} }, "my.yaml: trainign is not a known key, but must be training (did you mean that?)"],
    [{ dModel: 4 }, "my.yaml: dModel is at the top, but must be written under model."],
    [[], "my.yaml is [], but must be a map with model, data, training."],
    ["steps", 'my.yaml is "steps", but must be a map'],
    [{ training: [] }, "my.yaml: training is [], but must be a map of keys."],
    [{ training: 5 }, "my.yaml: training is 5, but must be a map of keys."],
    [
      { training: { stpes: 5 } },
      "my.yaml: training.stpes is not a known key, but must be steps (did you mean that?)",
    ],
    [{ model: { numHash: 5 } }, "my.yaml: model.numHash is not a known key, but must be numHashes"],
    [{ training: { steps: "many" } }, 'my.yaml: training.steps is "many", but must be of type number'],
    [{ training: { steps: 0 } }, "my.yaml: training.steps is 0, but must be at least 1"],
    [{ training: { steps: 1.5 } }, "my.yaml: training.steps is 1.5, but must be of type whole number"],
    [{ training: {} }, "training.steps is null without minutes, but must be a number of steps"],
    [{ training: { steps: 5, batch: -1 } }, "my.yaml: training.batch is -1, but must be at least 1"],
    [
      { training: { steps: 5, learningRate: 0 } },
      "my.yaml: training.learningRate is 0, but must be more than 0",
    ],
    [{ training: { steps: 5, beta2: 1 } }, "my.yaml: training.beta2 is 1, but must be less than 1"],
    [
      { training: { steps: 5, schedule: "linear" } },
      'my.yaml: training.schedule is "linear", but must be one of constant',
    ],
    [
      { training: { steps: 5, optimizer: "sgd" } },
      'my.yaml: training.optimizer is "sgd", but must be one of adam',
    ],
    [
      { training: { steps: 5, evaluateEvery: -1 } },
      "my.yaml: training.evaluateEvery is -1, but must be at least 0",
    ],
    [
      { training: { steps: 5, seed: 2 ** 32 } },
      "my.yaml: training.seed is 4294967296, but must be at most 4294967295",
    ],
    [
      { training: { steps: 5, length: 8192 } },
      "my.yaml: training.length is 8192, but must be at most maxLength = 4096",
    ],
    [
      { training: { steps: 5, evaluateStride: 2048 } },
      "my.yaml: training.evaluateStride is 2048, but must be at most length = 1024",
    ],
    [{ data: { heldOut: 1 } }, "my.yaml: data.heldOut is 1, but must be less than 1"],
    [{ data: { heldOut: 0 } }, "my.yaml: data.heldOut is 0, but must be more than 0"],
    [{ data: { corpus: "" } }, 'my.yaml: data.corpus is "", but must be at least 1'],
    [{ data: { corpus: 5 } }, "my.yaml: data.corpus is 5, but must be of type string"],
    [{ ...base, model: { layers: [] } }, "my.yaml: model.layers is [], but must be at least 1 elements"],
    [
      { ...base, model: { layers: ["lsh", "lhs"] } },
      'my.yaml: model.layers.1 is "lhs", but must be one of lsh, local, full',
    ],
    [{ ...base, model: { numBuckets: 7 } }, "my.yaml: model.numBuckets is 7, but must be an even number"],
    [{ ...base, model: { causal: false } }, "my.yaml: model.causal is false, but must be true"],
    [
      { ...base, model: { axialShape: [3, 5] } },
      "my.yaml: model.axialShape is [3, 5], 15 positions, but must be sizes whose product",
    ],
    [
      { ...base, model: { axialShape: [64, 64], axialDims: [1, 2] } },
      "my.yaml: model.axialDims is [1, 2], but must be 2 widths",
    ],
    [{ ...base, model: { hiddenDropout: 1 } }, "my.yaml: model.hiddenDropout is 1, but must be less than 1"],
    [{ ...base, model: { __proto__: null, toString: 1 } }, "my.yaml: model.toString is not a known key"],
  ])("refuses %j", (values, message) => {
    expect(() => resolveRun([file(values)])).toThrow(message);
  });

  it("names the flag when the flag is wrong, or has the last word on what is wrong together", () => {
    expect(() => resolveRun([file(base), flags({ model: { dFF: 0 } })])).toThrow(
      "--d-ff is 0, but must be at least 1.",
    );
    expect(() => resolveRun([file(base), flags({ training: { length: 9999 } })])).toThrow(
      "--length is 9999, but must be at most",
    );
    expect(() => resolveRun([file(base), flags({ model: { numBuckets: 3 } })])).toThrow(
      "--num-buckets is 3, but must be an even",
    );
  });
});

describe("two kinds of models", () => {
  it("have keys of their own, and the tokens that the vocabulary asks for", () => {
    const { model } = resolveRun([
      file({ data: { task: "translation", tokenizer: "300" }, training: { steps: 1 } }),
      flags({ model: { encoderLayers: ["full"], decoderLayers: ["lsh", "full"] } }),
    ]);
    expect(model).toMatchObject({ vocabSize: 302, encoderLayers: ["full"], decoderLayers: ["lsh", "full"] });
  });

  it.each<[Layer, string]>([
    [
      { model: { encoderLayers: ["full"] } },
      '--encoder-layers is ["full"], but must be left out: the model of task text has no such key',
    ],
    [
      { model: { layers: ["full"] }, data: { task: "translation" } },
      '--layers is ["full"], but must be left out: the model of task translation has no such key but encoderLayers and decoderLayers',
    ],
    [
      { data: { task: "translation" }, model: { endToken: 300 } },
      "--end-token is 300, but must be a token from 0 to 257",
    ],
  ])("refuses keys of the other: %j", (values, message) => {
    expect(() => resolveRun([file(base), flags(values)])).toThrow(message);
  });
});

describe("presets", () => {
  it("are there", () =>
    expect(presetNames()).toEqual(expect.arrayContaining(["debug", "demo", "demo-small", "novel"])));

  it.each(presetNames())("%s is valid", (name) => {
    const { model, training } = resolveRun([readConfigFile(name)]);
    expect(isEncoderDecoder(model) || model.layers.includes("lsh")).toBe(true);
    expect(training.length).toBeLessThanOrEqual(model.maxLength);
  });
});
