import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { stage, sweepPartials } from "./stage";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "reformer-stage-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("a stage is made once", async () => {
  const target = join(folder, "made");
  expect(await stage(target, (temporary) => writeFile(temporary, "first"))).toBe(true);
  expect(await stage(target, (temporary) => writeFile(temporary, "second"))).toBe(false);
  expect(await readFile(target, "utf8")).toBe("first");
});

test("one that fails leaves nothing, and its error is passed on", async () => {
  const failing = stage(join(folder, "made"), async (temporary) => {
    await mkdir(temporary);
    await writeFile(join(temporary, "half"), "");
    throw new Error("the network went away");
  });
  await expect(failing).rejects.toThrow("the network went away");
  expect(await readdir(folder)).toEqual([]);
});

test("while it is being made, the target is not there", async () => {
  const target = join(folder, "made");
  await stage(target, async (temporary) => {
    await mkdir(temporary);
    expect(await readdir(folder)).not.toContain("made");
  });
  expect(await readdir(folder)).toEqual(["made"]);
});

test("of two that make the same folder at once, one wins whole", async () => {
  const target = join(folder, "made");
  await Promise.all([stage(target, twoFilesOf("one")), stage(target, twoFilesOf("two"))]);
  const words = await Promise.all(["a", "b"].map((name) => readFile(join(target, name), "utf8")));
  expect(new Set(words).size).toBe(1);
  expect(await readdir(folder)).toEqual(["made"]);
});

function twoFilesOf(word: string): (temporary: string) => Promise<void> {
  return async (temporary) => {
    await mkdir(temporary);
    await Promise.all(["a", "b"].map((name) => writeFile(join(temporary, name), word)));
  };
}

test("what a killed stage left is swept away, and only that", async () => {
  await mkdir(join(folder, "libraries.0a1b2c3d.partial"));
  await writeFile(join(folder, "libraries.0a1b2c3d.partial", "half"), "");
  await writeFile(join(folder, "ready.json"), "{}");
  await sweepPartials([folder, join(folder, "never-made")]);
  expect(await readdir(folder)).toEqual(["ready.json"]);
});
