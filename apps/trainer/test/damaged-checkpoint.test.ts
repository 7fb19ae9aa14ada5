/** A checkpoint that was cut short, mixed up or made by somebody else ends in a sentence, whoever opens it. */
import { appendFileSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer, temporaryFolder } from "./run-reformer";
import { trainedRun } from "./trained-run";

const { run, checkpoint } = trainedRun();

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
    cpSync(checkpoint, copy, { recursive: true });
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
