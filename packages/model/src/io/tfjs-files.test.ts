import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { resolveConfig } from "../config";
import { initializeParameters } from "../parameters";
import { readParameters } from "./state";
import { loadTfjs, tfjsFiles } from "./tfjs-files";

const config = resolveConfig({
  vocabSize: 7,
  dModel: 8,
  dFF: 8,
  numHeads: 1,
  dHead: 4,
  layers: ["lsh"],
  maxLength: 16,
  chunkLength: 4,
});
const parameters = initializeParameters(config, 3);
const filesOf = (files: Record<string, Uint8Array>) => ({
  where: "folder",
  read: (name: string) => Promise.resolve(files[name] ?? null),
});

it("comes back as it went", async () => {
  const state = await readParameters(parameters);
  const back = await loadTfjs(filesOf(tfjsFiles({ config, state })));
  expect(back!.config).toEqual(config);
  expect({ ...back!.state }).toEqual(state);
});

it("is read by tfjs itself", async () => {
  const files = tfjsFiles({ config, state: await readParameters(parameters) });
  const { weightsManifest } = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const tensors = tf.io.decodeWeights(files["weights.bin"]!.slice().buffer, weightsManifest[0].weights);
  expect(Object.keys(tensors)).toEqual(parameters.names());
  for (const [name, tensor] of Object.entries(tensors)) {
    expect(tensor.dataSync()).toEqual(parameters.get(name).dataSync());
  }
  tf.dispose(tensors);
});

it("refuses weights that were cut short, in one sentence", async () => {
  const files = tfjsFiles({ config, state: await readParameters(parameters) });
  const short = { ...files, "weights.bin": files["weights.bin"]!.slice(0, -4) };
  await expect(loadTfjs(filesOf(short))).rejects.toThrow("it may have been cut short");
  await expect(loadTfjs(filesOf({ "model.json": files["model.json"]! }))).rejects.toThrow(
    "weights.bin is missing",
  );
});

it("leaves other model.json files alone", async () => {
  const other = { "model.json": new TextEncoder().encode('{"format":"layers-model"}') };
  expect(await loadTfjs(filesOf(other))).toBeNull();
});
