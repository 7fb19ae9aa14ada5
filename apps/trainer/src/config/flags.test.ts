import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addConfigFlags, readConfigFlags } from "./command-flags";
import { flagName, flagsOf, readFlag, showValue } from "./flags";
import { sections } from "./schema";

const flag = (key: string) => flagsOf().find((candidate) => candidate.key === key)!;

describe("flags", () => {
  it("are one for every key, and no two alike", () => {
    const keys = Object.values(sections).flatMap(({ shape }) => Object.keys(shape));
    expect(flagsOf().map(({ key }) => key)).toEqual(keys);
    expect(new Set(flagsOf().map(({ flag: name }) => name)).size).toBe(keys.length);
  });

  it("all say what they are for", () => {
    for (const { flag: name, help } of flagsOf()) expect([name, help]).not.toEqual([name, ""]);
  });

  it("take their own default as it is shown", () => {
    for (const one of flagsOf())
      expect([one.flag, readFlag(one, showValue(one.fallback))]).toEqual([one.flag, one.fallback]);
  });

  it.each([
    ["dModel", "--d-model"],
    ["dFF", "--d-ff"],
    ["beta1", "--beta1"],
    ["numHashes", "--num-hashes"],
  ])("%s is %s", (key, name) => expect(flagName(key)).toBe(name));

  it.each([
    ["steps", "1e3", 1000],
    ["steps", "null", null],
    ["learningRate", "2e-3", 0.002],
    ["causal", "false", false],
    ["layers", "lsh", ["lsh"]],
    ["layers", "local, lsh", ["local", "lsh"]],
    ["axialShape", "32,64", [32, 64]],
    ["axialShape", "null", null],
    ["numBuckets", "auto", "auto"],
    ["numBuckets", "32", 32],
    ["numBuckets", "8,16", [8, 16]],
    ["corpus", "1984", "1984"],
    ["corpus", "a,b.txt", "a,b.txt"],
    ["evaluateEvery", "auto", "auto"],
    ["batch", "two", "two"],
    ["batch", "Infinity", "Infinity"],
  ])("%s %j is %j", (key, text, value) => expect(readFlag(flag(key), text)).toEqual(value));

  it("refuse an empty value", () => {
    expect(() => readFlag(flag("corpus"), "")).toThrow("--corpus is empty, but must be given a value.");
  });
});

describe("a command's flags", () => {
  it("make a layer of what was given, null included, and of nothing else", () => {
    const command = new Command().exitOverride();
    addConfigFlags(command);
    command.parse(["--steps", "5", "--clip-norm", "null", "--layers=lsh"], { from: "user" });
    expect(readConfigFlags(command)).toEqual({
      file: null,
      values: { model: { layers: ["lsh"] }, training: { steps: 5, clipNorm: null } },
    });
  });
});
