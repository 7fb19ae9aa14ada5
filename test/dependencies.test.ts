/** What is depended on: exact versions, and a reason for each in CONTRIBUTING.md. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const manifests = ["packages", "apps", "internal", "examples"]
  .flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url)).map((name) => `${folder}/${name}`),
  )
  .concat(".")
  .map((folder) => `${folder}/package.json`)
  .filter((path) => existsSync(new URL(`../${path}`, import.meta.url)));
const dependencies = manifests.flatMap((path) => {
  const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
  return ["dependencies", "devDependencies", "optionalDependencies"]
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([name]) => !name.startsWith("@reformer-ts/"))
    .map(([name, version]) => ({ path, name, version }));
});

it("is pinned", () => {
  const exact = /^(\d+\.\d+\.\d+(-[\w.]+)?|catalog:)$/;
  expect(dependencies.filter(({ version }) => !exact.test(version))).toEqual([]);
  const catalog = read("pnpm-workspace.yaml").split("catalog:")[1]!.split("\n\n")[0]!;
  expect(catalog).not.toMatch(/[~^*]|latest/);
});

it("is not deprecated, nor is what it brings", () => {
  const lockfile = read("pnpm-lock.yaml");
  expect(lockfile.length).toBeGreaterThan(100_000);
  expect(
    [...lockfile.matchAll(/^ {2}(\S+):\n(?: {4}.*\n)*? {4}deprecated: .*/gm)].map(([, name]) => name),
  ).toEqual([]);
});

it("has a reason", () => {
  const table = read("CONTRIBUTING.md").split("## Dependencies")[1]!;
  const named = [...table.matchAll(/`([^`]+)`/g)].flatMap(([, names]) => expanded(names!));
  const known = (name: string) =>
    named.some((given) => given === name || (given.endsWith("/*") && name.startsWith(given.slice(0, -1))));
  expect(dependencies.filter(({ name }) => !known(name))).toEqual([]);
});

/** `a-{b,c}` is `a-b` and `a-c`. */
function expanded(names: string): string[] {
  const [, before, list, after] = /^(.*)\{(.*)\}(.*)$/.exec(names) ?? [];
  return list === undefined ? [names] : list.split(",").map((part) => `${before}${part}${after}`);
}

const workflows = readdirSync(new URL("../.github/workflows", import.meta.url))
  .map((name) => read(`.github/workflows/${name}`))
  .join("\n");

it("names actions of GitHub by commit, with the version beside it", () => {
  const actions = [...workflows.matchAll(/uses: (?!\.\/)(.*)$/gm)].map(([, action]) => action!);
  expect(actions.length).toBeGreaterThan(5);
  expect(actions.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});

it("has one pnpm, also where GitHub brings it", () => {
  const { packageManager } = JSON.parse(read("package.json")) as { packageManager: string };
  const brought = [...workflows.matchAll(/pnpm@[\d.]+/g)].map(([name]) => name);
  expect(new Set(brought)).toEqual(new Set([packageManager]));
  expect(read("CONTRIBUTING.md")).toContain(packageManager);
});

it("is tested on GitHub as .ci/run tests it, on every Node that the packages name", () => {
  const { engines } = JSON.parse(read("packages/lsh/package.json")) as { engines: { node: string } };
  expect(workflows).toContain("- run: .ci/run");
  expect(workflows).toContain(`node: ["${engines.node.replace(">=", "")}", "22", "24"]`);
});
