import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findInCache, findInProject, installationPlaces } from "./find-tensorflow";

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "reformer-find-")));
});

afterEach(() => rm(folder, { recursive: true }));

async function installPackage(name: string, version: string, { built }: { built: boolean }): Promise<string> {
  const packageFolder = join(folder, "node_modules", "@tensorflow", name);
  await mkdir(join(packageFolder, "lib", "napi-v8"), { recursive: true });
  await writeFile(
    join(packageFolder, "package.json"),
    JSON.stringify({ name: `@tensorflow/${name}`, version }),
  );
  if (built) await writeFile(join(packageFolder, "lib", "napi-v8", "tfjs_binding.node"), "");
  return packageFolder;
}

test("a project's built tfjs-node is found from a folder inside it", async () => {
  const packageFolder = await installPackage("tfjs-node", "4.22.0", { built: true });
  await mkdir(join(folder, "runs"));
  const found = await findInProject(join(folder, "runs"), { gpu: false });
  expect(found).toEqual({ packageFolder, origin: "project", gpu: false });
  expect(await findInProject(folder, { gpu: true })).toBeUndefined();
});

test("one that was never built, or is of another major version, is passed over", async () => {
  await installPackage("tfjs-node", "4.22.0", { built: false });
  expect(await findInProject(folder, { gpu: false })).toBeUndefined();
  await installPackage("tfjs-node", "3.21.1", { built: true });
  expect(await findInProject(folder, { gpu: false })).toBeUndefined();
});

test("an installation in the cache counts only once its last stage is there", async () => {
  const places = installationPlaces(folder, { gpu: true });
  await mkdir(places.libraries, { recursive: true });
  expect(await findInCache(folder, { gpu: true })).toBeUndefined();
  await writeFile(places.ready, "{}");
  const found = await findInCache(folder, { gpu: true });
  expect(found).toMatchObject({ origin: "cache", gpu: true, home: join(places.libraries, "tensorflow") });
  expect(await findInCache(folder, { gpu: false })).toBeUndefined();
});
