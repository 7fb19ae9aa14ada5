import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isInputError } from "@reformer-ts/internal-checks";
import { expect, test } from "vitest";

import { explainFileError } from "./explain-file-error";

test.each([
  ["ENOSPC", "on a full disk"],
  ["EROFS", "on a read-only file system"],
  ["EACCES", "not writable"],
])("%s becomes a sentence that names the folder, the space and the way round", (code, words) => {
  const explained = explainFileError(Object.assign(new Error("write"), { code }), "/cache", 1200);
  expect(isInputError(explained)).toBe(true);
  expect((explained as Error).message).toMatch(/^the cache \/cache is /);
  expect((explained as Error).message).toContain(words);
  expect((explained as Error).message).toMatch(/1200 MB free .*REFORMER_CACHE.*WASM/);
});

test("a real error of the file system is understood", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reformer-cache-"));
  await writeFile(join(folder, "file"), "");
  const error = await writeFile(join(folder, "file", "below"), "").catch((caught: unknown) => caught);
  await rm(folder, { recursive: true });
  expect(isInputError(explainFileError(error, folder, 1))).toBe(true);
});

test("other errors are passed on untouched", () => {
  const error = new Error("a defect");
  expect(explainFileError(error, "/cache", 1)).toBe(error);
});
