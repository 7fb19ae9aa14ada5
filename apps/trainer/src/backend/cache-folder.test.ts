import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { cacheFolder } from "./cache-folder";

test("REFORMER_CACHE wins over everything, and may be relative", () => {
  const environment = { REFORMER_CACHE: "some/where", XDG_CACHE_HOME: "/xdg" };
  expect(cacheFolder(environment, "linux", "/home/ada")).toBe(resolve("some/where"));
});

test.each([
  ["linux", {}, join("/home/ada", ".cache", "reformer-ts")],
  ["linux", { XDG_CACHE_HOME: "/xdg" }, join("/xdg", "reformer-ts")],
  ["linux", { XDG_CACHE_HOME: "", REFORMER_CACHE: "" }, join("/home/ada", ".cache", "reformer-ts")],
  ["darwin", {}, join("/home/ada", "Library", "Caches", "reformer-ts")],
  ["win32", { LOCALAPPDATA: "/local" }, join("/local", "reformer-ts", "Cache")],
  ["win32", {}, join("/home/ada", "AppData", "Local", "reformer-ts", "Cache")],
] as const)("on %s with %j it is %s", (platform, environment, folder) => {
  expect(cacheFolder(environment, platform, "/home/ada")).toBe(folder);
});
