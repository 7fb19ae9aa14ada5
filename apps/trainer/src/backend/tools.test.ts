import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findTools } from "./tools";

let programs: string;

beforeEach(async () => {
  programs = await mkdtemp(join(tmpdir(), "reformer-tools-"));
});

afterEach(() => rm(programs, { recursive: true }));

/** Puts a program on the PATH of these tests that succeeds, unless a word of its parameters is refused. */
async function provide(name: string, { refuses = "nothing" } = {}): Promise<void> {
  const path = join(programs, name);
  await writeFile(path, `#!/bin/sh\ncase "$*" in *${refuses}*) exit 1;; esac\n`);
  await chmod(path, 0o755);
}

const find = (environment: NodeJS.ProcessEnv = {}) => findTools({ ...environment, PATH: programs });

test("what is missing is named in the order in which it is needed, and what happens instead", async () => {
  await expect(find()).rejects.toThrow(/^Python 3 is not on the PATH.*until then .* WASM/);
  await provide("python3", { refuses: "pip" });
  await expect(find()).rejects.toThrow(/^pip of python3 is missing.*WASM/);
  await provide("python3");
  await expect(find()).rejects.toThrow(/^a C\+\+ compiler .* is not on the PATH.*apt install g\+\+.*WASM/);
  await provide("clang++");
  await expect(find()).rejects.toThrow(/^npm is not on the PATH.*WASM/);
  await provide("npm");
  expect(await find()).toEqual({ python: "python3", compiler: "clang++", npm: "npm" });
});

test("PYTHON and CXX are taken first", async () => {
  for (const name of ["python3", "my-python", "c++", "my-compiler", "npm"]) await provide(name);
  expect(await find({ PYTHON: "my-python", CXX: "my-compiler" })).toEqual({
    python: "my-python",
    compiler: "my-compiler",
    npm: "npm",
  });
});
