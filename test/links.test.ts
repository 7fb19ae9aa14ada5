/** What the pages name in the repository is there: files that they link to, paths that they write, scripts that they run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const under = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !/node_modules|CHANGELOG/.test(path))
    .map((path) => join(folder, path));
const pages = ["docs", "examples", "tools/docs/pages"]
  .flatMap(under)
  .concat(["README.md", "CONTRIBUTING.md", "apps/trainer/README.md", "apps/playground/README.md"])
  .concat(readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`));
const text = (page: string) => readFileSync(join(root, page), "utf8");
const found = (pattern: RegExp) =>
  pages.flatMap((page) => [...text(page).matchAll(pattern)].map(([, name]) => ({ page, name: name! })));

it("is linked to", () => {
  const links = found(/\]\(([^)\s#]+)[^)]*\)/g).filter(({ name }) => !/^[a-z]+:/.test(name));
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ page, name }) => !existsSync(join(root, dirname(page), name)))).toEqual([]);
});

it("is named by its path", () => {
  const paths = found(/`((?:packages|apps|bench|tools|internal|test|docs|examples)\/[\w./-]+)`/g);
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter(({ name }) => !existsSync(join(root, name)))).toEqual([]);
});

it("is a script of package.json", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
  const run = found(/(?:npm run|pnpm) ((?:check|bench|docs|demo|playground|preview)(?::[a-z]+)?)(?![\w-])/g);
  expect(run.length).toBeGreaterThan(20);
  expect(run.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([]);
});
