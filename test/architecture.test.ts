/** Imports go down only, and what a browser loads names no module of Node. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Who may use whom, of the workspaces that are not `internal/`. */
const below: Record<string, string[]> = {
  "packages/data": [],
  "packages/lsh": [],
  "packages/reversible": [],
  "packages/model": ["lsh", "reversible"],
  "apps/trainer": ["data", "lsh", "reversible", "model"],
  "apps/playground": ["data", "lsh", "reversible", "model"],
};

const sources = (folder: string) =>
  readdirSync(`${root}/${folder}/src`, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(tsx?|svelte)$/.test(file) && !file.includes(".test."))
    .map((file) => `${folder}/src/${file}`);
const imports = (file: string) =>
  [...readFileSync(`${root}/${file}`, "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(
    ([, name]) => name!,
  );

describe.each(Object.entries(below))("%s", (folder, allowed) => {
  it("imports only packages below it", () => {
    const used = sources(folder).flatMap((file) =>
      imports(file).flatMap((name) => /^@reformer-ts\/(?!internal-)([a-z-]+)/.exec(name)?.[1] ?? []),
    );
    expect(used.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it("declares the same direction in its package.json", () => {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(`${root}/${folder}/package.json`, "utf8"),
    );
    const named = Object.keys({ ...dependencies, ...peerDependencies })
      .filter((name) => name.startsWith("@reformer-ts/"))
      .map((name) => name.slice("@reformer-ts/".length));
    expect(named.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe.each(["packages/data", "packages/lsh", "packages/reversible", "packages/model", "apps/playground"])(
  "%s",
  (folder) => {
    it("imports no module of Node where a browser would load it", () => {
      const nodeModules = sources(folder)
        .filter((file) => !file.includes("/src/node/"))
        .flatMap((file) =>
          imports(file).filter((name) => name.startsWith("node:") || builtinModules.includes(name)),
        );
      expect(nodeModules).toEqual([]);
    });
  },
);

it("sees the files it judges", () => {
  expect(sources("packages/lsh").length).toBeGreaterThan(3);
});
