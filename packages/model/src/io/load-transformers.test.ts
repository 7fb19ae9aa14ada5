import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config";
import type { CheckpointFiles } from "./checkpoint-files";
import { loadTransformers } from "./load-transformers";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors";
import { transformersFiles } from "./save-transformers";
import { configToTransformers } from "./transformers-config";

const test = `${import.meta.dirname}/../../test`;
const read = (path: string) => new Uint8Array(readFileSync(`${test}/${path}`));
const golden = "golden/transformers-mixed";
const weights = () => decodeSafetensors(read(`${golden}/model.safetensors`), "model").tensors;
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function folder(files: Record<string, Uint8Array>): CheckpointFiles {
  const all: Record<string, Uint8Array> = { "config.json": read(`${golden}/config.json`), ...files };
  return { where: "folder", read: (name) => Promise.resolve(all[name] ?? null) };
}
const whole = () => loadTransformers(folder({ "model.safetensors": encodeSafetensors(weights()) }));

describe("loadTransformers", () => {
  it("reads safetensors and PyTorch alike", async () => {
    const fromTorch = await loadTransformers(
      folder({ "pytorch_model.bin": read("torch/pytorch_model.bin") }),
    );
    expect(fromTorch).toEqual(await whole());
  });

  it("puts parts together", async () => {
    const entries = Object.entries(weights());
    const [first, second] = [entries.slice(0, 5), entries.slice(5)];
    const part = (list: typeof entries) => encodeSafetensors(Object.fromEntries(list));
    const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
    const map = [first, second].flatMap((list, i) => list.map(([name]) => [name, names[i]!]));
    const files = {
      [names[0]]: part(first),
      [names[1]]: part(second),
      "model.safetensors.index.json": bytes({ weight_map: Object.fromEntries(map) }),
    };
    expect(await loadTransformers(folder(files))).toEqual(await whole());
    await expect(loadTransformers(folder({ ...files, [names[1]]: undefined! }))).rejects.toThrow(
      "folder/model-00002-of-00002.safetensors is missing, but must be there, as model.safetensors.index.json says.",
    );
  });

  it("widens half precision", async () => {
    const name = "lm_head.decoder.weight";
    const { shape, data } = weights()[name]!;
    const bits = new Uint32Array((data as Float32Array).slice().buffer);
    const brain: StoredTensor = { dtype: "BF16", shape, data: Uint16Array.from(bits, (word) => word >>> 16) };
    const { state } = await loadTransformers(
      folder({ "model.safetensors": encodeSafetensors({ ...weights(), [name]: brain }) }),
    );
    const exact = (await whole()).state["head.weight"]!.data as Float32Array;
    (state["head.weight"]!.data as Float32Array).forEach((value, i) => {
      expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(Math.abs(exact[i]!) / 128);
    });
  });

  it("has a head bias exactly when the decoder has one", async () => {
    expect((await whole()).config.headBias).toBe(false);
    const [vocabulary = 0] = weights()["lm_head.decoder.weight"]!.shape;
    const bias: StoredTensor = {
      dtype: "F32",
      shape: [vocabulary],
      data: new Float32Array(vocabulary).fill(2),
    };
    const { config, state } = await loadTransformers(
      folder({ "model.safetensors": encodeSafetensors({ ...weights(), "lm_head.decoder.bias": bias }) }),
    );
    expect(config.headBias).toBe(true);
    expect(state["head.bias"]).toEqual(bias);
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    ["no weights", {}, "folder is without weights, but must be with model.safetensors or pytorch_model.bin"],
    ["no config", { "config.json": undefined! }, "folder/config.json is missing"],
    [
      "a config that is a list",
      { "config.json": bytes([]), "model.safetensors": encodeSafetensors({}) },
      "folder/config.json is no JSON object",
    ],
    [
      "parts that lead elsewhere",
      { "model.safetensors.index.json": bytes({ weight_map: { a: "../../secret" } }) },
      "naming ../../secret",
    ],
    [
      "a config of another kind of model in every key",
      {
        "config.json": bytes({
          model_type: "reformer",
          architectures: { a: 1 },
          id2label: 3,
          num_buckets: {},
          attn_layers: 7,
        }),
        "model.safetensors": encodeSafetensors({}),
      },
      "folder/config.json.attn_layers is 7",
    ],
    ["an index of nothing", { "model.safetensors.index.json": bytes({}) }, "weight_map is empty"],
    ["weights that are none", { "model.safetensors": bytes("no weights") }, "folder/model.safetensors is"],
  ])("refuses a folder with %s", async (_, files, sentence) => {
    await expect(loadTransformers(folder(files))).rejects.toThrow(sentence);
    await expect(loadTransformers(folder(files))).rejects.toThrow(
      expect.objectContaining({ name: "InputError" }),
    );
  });
});

describe("transformersFiles", () => {
  it("writes what loadTransformers reads", async () => {
    const model = await whole();
    const files = transformersFiles(model, { trainedOn: "nothing", tokens: "bytes" });
    expect(await loadTransformers(folder(files))).toEqual(model);
    // transformers refuses a rate of 0 that is not 0.0.
    expect(new TextDecoder().decode(files["config.json"])).toContain('"hidden_dropout_prob": 0.0,');
    expect(new TextDecoder().decode(files["README.md"])).toMatch(/^---\nlibrary_name: transformers\n/);
  });

  it.each([
    { positions: "none" },
    { positions: "axial", axialCombine: "sum" },
    { positions: "axial", axialShape: [16, 16, 16], axialDims: [64, 64, 128] },
    { layers: ["full"] },
    { layers: ["local"], localBias: true },
    { layers: ["local"], localSharedQueryKey: true },
    { layers: ["lsh"], routing: "strict" },
    { headBias: true },
  ])("refuses what transformers lacks: %j", async (options) => {
    const config = resolveConfig(options);
    expect(() => transformersFiles({ config, state: {} })).toThrow("made of what transformers' Reformer has");
  });

  it("names every class, because transformers counts names", () => {
    const theirs = configToTransformers(resolveConfig({ head: "class", numClasses: 3 }));
    expect(Object.keys(theirs["id2label"] as object)).toHaveLength(3);
  });
});
