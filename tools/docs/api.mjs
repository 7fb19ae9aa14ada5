/** The API pages: every entry of every package, from its types and docstrings, under the name that it is imported by. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const described = {
  lsh: "attention as functions: LSH, local, full, across; its pieces, and the slow reference",
  "lsh/layers": "attention as layers of `tf.sequential`",
  "lsh/kernels/wasm": "attention fused, in WebAssembly",
  "lsh/kernels/webgpu": "attention fused, in WebGPU",
  reversible: "stacks of residual halves whose backward pass rebuilds their inputs",
  "reversible/layers": "the same of layers of tfjs-layers",
  model: "the Reformer: configuration, training, generation, checkpoints, memory",
  "model/kernels/wasm": "attention and feed-forward layers fused, in WebAssembly",
  "model/kernels/webgpu": "the same in WebGPU",
  data: "texts, images, music and pairs as tokens, in batches",
  "data/node": "files, and public corpora",
  "data/subword": "vocabularies of subwords, read and made",
  "data/midi": "MIDI files as music in four voices",
  "data/images": "PNG and JPEG, read and written; resized",
};
/** Names of the entries, without their scope, from the ground up. */
export const entries = Object.keys(described);
/** Folders that typedoc makes of an entry's exports, in the order that a reader wants. */
const kinds = ["functions", "classes", "variables", "interfaces", "type-aliases"];
export const kindsOf = (folder) => kinds.filter((kind) => existsSync(join(folder, kind)));

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
    "--indexFormat",
    "table",
    "--parametersFormat",
    "table",
    "--interfacePropertiesFormat",
    "table",
    "--typeAliasPropertiesFormat",
    "table",
    "--groupOrder",
    "Functions",
    "--groupOrder",
    "Classes",
    "--groupOrder",
    "*",
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
  writeFileSync(join(target, "index.md"), `# API\n\n| entry | what it holds |\n| --- | --- |\n${overview}\n`);
}

const overview = Object.entries(described)
  .map(
    ([entry, what]) =>
      `| [\`@reformer-ts/${entry}\`](${entry.replace(/^[a-z]+/, "$&/src")}/index.md) | ${what} |`,
  )
  .join("\n");

/** `data/src/node`, in titles, links and crumbs, is `@reformer-ts/data/node`. */
const imported = (text) =>
  text.replaceAll(/(^# |\[| \/ )(lsh|reversible|model|data)\/src(?=[/\]\n])/gm, "$1@reformer-ts/$2");
