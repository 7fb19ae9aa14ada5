import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { widened } from "./half-precision";
import { readTorchFile } from "./torch-file";

const read = (name: string) =>
  new Uint8Array(readFileSync(`${import.meta.dirname}/../../test/torch/${name}`));
const plain = (file: Uint8Array) =>
  Object.fromEntries(
    Object.entries(readTorchFile(file, "file")).map(([name, stored]) => [
      name,
      { shape: stored.shape, values: Array.from(widened(stored).data as Float32Array, Number) },
    ]),
  );

describe.each(["archive.bin", "legacy.bin", "wrapped.pth"])("%s", (name) => {
  it("holds the tensors that PyTorch put there", () => {
    expect(plain(read(name))).toEqual({
      whole: { shape: [3, 4], values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
      transposed: { shape: [4, 3], values: [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11] },
      tied: { shape: [2, 4], values: [4, 5, 6, 7, 8, 9, 10, 11] },
      half: { shape: [4], values: [1.5, -0, 65504, 2 ** -24] },
      brain: { shape: [2], values: [1.5, -3] },
      long: { shape: [2], values: [2 ** 40, -1] },
      scalar: { shape: [], values: [7] },
    });
  });

  it("is refused in one sentence wherever it is cut", () => {
    const file = read(name);
    for (let length = 0; length < file.length; length += 13) {
      expect(() => readTorchFile(file.subarray(0, length), "file")).toThrow(
        expect.objectContaining({ name: "InputError" }),
      );
    }
  });
});

it("runs nothing: a pickled module is refused by the name of what it asks for", () => {
  expect(() => readTorchFile(read("module.pth"), "module.pth")).toThrow(
    "module.pth is a pickle that asks for torch.nn.modules.linear.Linear, but must be made of tensors and plain data alone: nothing in a file is ever run.",
  );
});

it("is no other file", () => {
  expect(() => readTorchFile(new TextEncoder().encode("{}"), "config.json")).toThrow(
    "config.json is no file of PyTorch, but must be a state dict of PyTorch, tensors by name and nothing else.",
  );
});
