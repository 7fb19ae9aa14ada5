/** `reformer verify` on real cases, and on what people may hand it instead. */
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "@reformer-ts/model";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer, temporaryFolder } from "./run-reformer";

const golden = join(import.meta.dirname, "../../../packages/model/test/golden");
const verify = (...args: string[]) => reformer("verify", "--backend", "wasm", ...args);

/** A copy of a case whose tensors are changed. */
function changedCase(name: string, change: (tensors: Record<string, StoredTensor>) => void): string {
  const folder = join(temporaryFolder(), name);
  cpSync(join(golden, name), folder, { recursive: true });
  const file = join(folder, "case.safetensors");
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(file)), file);
  change(tensors);
  writeFileSync(file, encodeSafetensors(tensors));
  return folder;
}

describe("reformer verify", () => {
  it("prints every error and ends with 0", async () => {
    const ended = await verify(
      join(golden, "transformers-mixed"),
      join(golden, "trax-local"),
      "--steps",
      "10",
    );
    expect(ended.code).toBe(0);
    const number = String.raw`\s+\d\.\de-\d+`;
    expect(ended.out).toMatch(
      new RegExp(
        `^case +outputs +loss +gradients +losses\ntransformers-mixed${number.repeat(4)}\ntrax-local +${number.repeat(4)}\n2 cases, all within tolerance\n$`,
      ),
    );
  });

  it("ends with 1 when a number is another", async () => {
    const folder = changedCase("transformers-local", ({ logits }) => {
      (logits!.data as Float32Array)[3]! += 1e-3;
    });
    const ended = await verify(folder, "--json");
    expect(ended.code).toBe(1);
    const { beyond, outputs, losses } = JSON.parse(ended.out) as Record<string, unknown>;
    expect(beyond).toEqual(["outputs"]);
    expect(outputs).toBeCloseTo(1e-3, 5);
    expect(losses).toBe(null);
  });

  it("compares what is there: gradients and rotations may be absent", async () => {
    const folder = changedCase("transformers-local", (tensors) => {
      for (const name of Object.keys(tensors)) if (name.startsWith("grad.")) delete tensors[name];
    });
    const ended = await verify(folder);
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/\d +- +-\n1 case, all within tolerance/);
  });

  it.each<[string, (folder: string) => void, string]>([
    ["a missing file", (folder) => rmSync(join(folder, "case.safetensors")), "case.safetensors is missing"],
    [
      "a config that is no JSON",
      (folder) => writeFileSync(join(folder, "config.json"), "{"),
      "no JSON object",
    ],
    [
      "a config of another model",
      (folder) => writeFileSync(join(folder, "config.json"), '{"model_type":"bert"}'),
      'model_type is "bert", but must be "reformer"',
    ],
    [
      "a config with words for numbers",
      (folder) =>
        writeFileSync(
          join(folder, "config.json"),
          '{"model_type":"reformer","lsh_attn_chunk_length":"many"}',
        ),
      'config.json.lsh_attn_chunk_length is "many", but must be of type number',
    ],
    [
      "a config whose layers are none",
      (folder) => writeFileSync(join(folder, "config.json"), '{"model_type":"reformer","attn_layers":7}'),
      "config.json.attn_layers is 7",
    ],
    [
      "weights cut short",
      (folder) =>
        writeFileSync(
          join(folder, "model.safetensors"),
          readFileSync(join(folder, "model.safetensors")).subarray(0, 900),
        ),
      "model.safetensors",
    ],
  ])("ends with 2 and one sentence for %s", async (_, damage, sentence) => {
    const folder = changedCase("transformers-lsh", () => {});
    damage(folder);
    const ended = await verify(folder);
    expect(ended.code).toBe(2);
    expect(ended.err.trim().split("\n").at(-1)).toContain(sentence);
    expect(ended.err).not.toContain("    at ");
    expect(ended.out).not.toContain("e-");
  });

  it.each<[string, (tensors: Record<string, StoredTensor>) => void, string]>([
    ["no input", (tensors) => delete tensors["input_ids"], "input_ids is missing"],
    [
      "rotations of another model",
      (tensors) => (tensors["rotations.0"]!.shape = tensors["rotations.0"]!.shape.toReversed()),
      "rotations.0 is one of",
    ],
    [
      "a mask of another size",
      (tensors) => (tensors["attention_mask"] = { dtype: "I32", shape: [1, 2], data: new Int32Array(2) }),
      "attention_mask is of shape [1, 2]",
    ],
    [
      "tokens beyond the vocabulary",
      ({ input_ids: ids }) => ((ids!.data as Int32Array)[0] = 1e6),
      "inputs[0] is 1000000",
    ],
  ])("ends with 2 and one sentence for a case with %s", async (_, change, sentence) => {
    const ended = await verify(changedCase("transformers-lsh", change));
    expect(ended.code).toBe(2);
    expect(ended.err).toContain(sentence);
    expect(ended.err).not.toContain("    at ");
  });
});
