/** The API pages: every entry of every package, from its types and docstrings, under the name that it is imported by. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const entries = [
  "lsh",
  "lsh/layers",
  "lsh/kernels/wasm",
  "lsh/kernels/webgpu",
  "reversible",
  "reversible/layers",
  "model",
  "model/kernels/wasm",
  "model/kernels/webgpu",
  "data",
  "data/node",
  "data/subword",
  "data/midi",
  "data/images",
];

/**
 * @param run runs a command of the repository
 * @param target folder of the pages
 */
export function writeApi(run, target) {
  run(
    "typedoc",
    ...entries.flatMap((entry) => [
      "--entryPoints",
      `packages/${entry.replace(/^[a-z]+/, "$&/src")}/index.ts`,
    ]),
    "--name",
    "API",
    "--plugin",
    "typedoc-plugin-markdown",
    "--out",
    target,
    "--skipErrorChecking",
    "--excludeExternals",
    "--readme",
    "none",
    "--disableSources",
    "--useCodeBlocks",
    "--sanitizeComments",
    "--logLevel",
    "Error",
    "--basePath",
    "packages",
    "--hidePageHeader",
    "--entryFileName",
    "index",
  );
  for (const path of readdirSync(target, { recursive: true }).filter((name) => name.endsWith(".md"))) {
    const page = join(target, path);
    writeFileSync(page, imported(readFileSync(page, "utf8")));
  }
}

/** `data/src/node`, in titles, links and crumbs, is `@reformer-ts/data/node`. */
const imported = (text) =>
  text.replaceAll(/(^# |\[| \/ )(lsh|reversible|model|data)\/src(?=[/\]\n])/gm, "$1@reformer-ts/$2");
