import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ReformerOptions } from "../config";
import { modelFromTrax } from "./from-trax";
import { loadTransformers } from "./load-transformers";
import type { StoredTensor } from "./safetensors";
import { gunzip } from "./gunzip";
import { readTraxFile } from "./trax-file";

const folder = `${import.meta.dirname}/../../test`;
const read = (path: string) => new Uint8Array(readFileSync(`${folder}/${path}`));
const golden = "golden/trax-fixed-base-copy";

/** Of a golden case, as Trax saved it. */
const flat = () =>
  readTraxFile(read("trax-checkpoint/layer.pkl.gz"), { where: "layer", beside: () => Promise.resolve(null) });

describe("modelFromTrax", () => {
  it("is the model that Trax was", async () => {
    const expected = await loadTransformers({
      where: golden,
      read: (name) => Promise.resolve(read(`${golden}/${name}`)),
    });
    const { chunkLength, numHashes, numBuckets, maxLength, layers } = expected.config;
    const { config, state } = modelFromTrax(await flat(), {
      chunkLength,
      numHashes,
      numBuckets,
      maxLength,
      layers,
    });
    expect(state).toEqual(expected.state);
    const { dModel, dFF, numHeads, dHead, vocabSize, positions, fixedBaseDigits } = expected.config;
    expect(config).toMatchObject({ dModel, dFF, numHeads, dHead, vocabSize, positions, fixedBaseDigits });
  });

  const told: ReformerOptions = { chunkLength: 4, numHashes: 1, numBuckets: 4 };
  it.each<[string, (list: StoredTensor[]) => StoredTensor[], ReformerOptions, string]>([
    ["nothing", () => [], told, "a list of 0 weights that ends before the embedding"],
    ["half of a model", (list) => list.slice(0, 40), told, "that ends before"],
    ["something more", (list) => [...list, list[0]!], told, "a list with 1 weights too many"],
    ["another order", (list) => list.toReversed(), told, "where"],
    ["too little told", (list) => list, {}, "chunkLength, numHashes, numBuckets is not known"],
    ["too many layers told", (list) => list, { ...told, layers: Array(9).fill("lsh") as "lsh"[] }, "layers"],
  ])("refuses %s", async (_, change, options, sentence) => {
    const list = change(await flat());
    expect(() => modelFromTrax(list, options, "file")).toThrow(sentence);
  });
});

describe("gunzip", () => {
  const packed = read("trax-checkpoint/layer.pkl.gz");
  it("unpacks no more than it may", async () => {
    await expect(gunzip(packed, "file", { maxBytes: 1000 })).rejects.toThrow(
      "file is a gzip file of more than 1000 bytes, but must be one that holds at most that many.",
    );
  });
  it("refuses what is damaged or cut short", async () => {
    const damaged = packed.slice();
    damaged[packed.length >> 1]! ^= 255;
    await expect(gunzip(damaged, "file")).rejects.toThrow("file is damaged gzip");
    await expect(gunzip(packed.subarray(0, 5000), "file")).rejects.toThrow("file is damaged gzip");
  });
});
