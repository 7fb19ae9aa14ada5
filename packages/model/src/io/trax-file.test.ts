import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decodeSafetensors } from "./safetensors";
import { readTraxFile } from "./trax-file";

const folder = `${import.meta.dirname}/../../test`;
const read = (path: string) => new Uint8Array(readFileSync(`${folder}/${path}`));
const nothing = () => Promise.resolve(null);

it("reads weights that stand beside the pickle, and those inside of it, alike", async () => {
  const beside = await readTraxFile(read("trax-checkpoint/model.pkl.gz"), {
    where: "model.pkl.gz",
    beside: () => Promise.resolve(read("trax-checkpoint/model.weights.npy.gz")),
  });
  const inside = await readTraxFile(read("trax-checkpoint/layer.pkl.gz"), {
    where: "layer.pkl.gz",
    beside: nothing,
  });
  expect(inside).toEqual(beside);
  const { tensors } = decodeSafetensors(read("golden/trax-fixed-base-copy/model.safetensors"), "model");
  expect(beside[0]).toEqual(tensors["reformer.embeddings.word_embeddings.weight"]);
});

it("reads the files of 2020, with the weights as a list", async () => {
  const weights = await readTraxFile(read("samples/reformerlm_copy.pkl.gz"), {
    where: "reformerlm_copy.pkl.gz",
    beside: nothing,
  });
  expect(weights.map(({ shape }) => shape).slice(0, 8)).toEqual([
    [13, 64],
    [1, 256, 64],
    [64],
    [64],
    [2, 64, 64],
    [2, 64, 64],
    [2, 64, 64],
    [2, 64, 64],
  ]);
  expect(weights).toHaveLength(30);
  expect(weights.every(({ data }) => (data as Float32Array).every(Number.isFinite))).toBe(true);
});

it("misses the file beside, by name", async () => {
  await expect(
    readTraxFile(read("trax-checkpoint/model.pkl.gz"), { where: "model.pkl.gz", beside: nothing }),
  ).rejects.toThrow(
    "model.weights.npy.gz is missing, but must be beside model.pkl.gz, which keeps its weights there.",
  );
});
