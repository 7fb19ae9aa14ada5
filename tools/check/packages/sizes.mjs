/** What a page downloads of each entry, tfjs aside: bundled, minified, gzipped, held below a ceiling. */
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Bytes after gzip. Kernels come as entries of their own, so that nobody pays for those of a backend not in use. */
const ceilings = {
  "@reformer-ts/lsh": 15_000,
  "@reformer-ts/lsh/layers": 18_000,
  "@reformer-ts/lsh/kernels/wasm": 40_000,
  "@reformer-ts/lsh/kernels/webgpu": 40_000,
  "@reformer-ts/reversible": 5_000,
  "@reformer-ts/reversible/layers": 7_000,
  "@reformer-ts/data": 10_000,
  // A third of it is zod, and in a bundle only where a configuration is resolved.
  "@reformer-ts/model": 95_000,
  "@reformer-ts/model/kernels/wasm": 60_000,
  "@reformer-ts/model/kernels/webgpu": 60_000,
};
/** One function alone must cost far less than all: shares of the whole entry. */
const shaken = [
  ["@reformer-ts/lsh", "resolveNumBuckets", 0.15],
  ["@reformer-ts/lsh", "hashVectors", 0.5],
  ["@reformer-ts/reversible", "replayRandom", 0.3],
  ["@reformer-ts/data", "byteTokenizer", 0.2],
  ["@reformer-ts/model", "learningRateAt", 0.06],
];

/** @param folder a project that has the packages installed */
export async function sizes(folder) {
  const rows = [];
  for (const [entry, ceiling] of Object.entries(ceilings)) {
    if (!(await has(folder, entry))) continue;
    const bytes = await bundled(folder, `export * from "${entry}"`);
    if (bytes > ceiling) throw new Error(`${entry}: ${bytes} bytes gzipped, more than ${ceiling}`);
    rows.push({ entry, bytes, ceiling });
  }
  for (const { entry, bytes } of rows.filter((row) => !row.entry.includes("kernels"))) {
    const effects = await bundled(folder, `import "${entry}"`);
    if (effects > 40)
      throw new Error(`${entry}: importing it for nothing leaves ${effects} bytes of ${bytes}`);
  }
  for (const [entry, name, share] of shaken) {
    const whole = rows.find((row) => row.entry === entry).bytes;
    const alone = await bundled(folder, `export { ${name} } from "${entry}"`);
    if (alone > share * whole) throw new Error(`${name} of ${entry} costs ${alone} of ${whole} bytes`);
    rows.push({ entry: `${name} of ${entry}`, bytes: alone, ceiling: Math.round(share * whole) });
  }
  return rows;
}

async function bundled(folder, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    external: ["@tensorflow/*"],
    logLevel: "error",
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

async function has(folder, entry) {
  const [scope, name, ...path] = entry.split("/");
  const manifest = join(folder, "node_modules", scope, name, "package.json");
  if (!existsSync(manifest)) return false;
  const { default: parsed } = await import(manifest, { with: { type: "json" } });
  return [".", ...path].length === 1 || Object.hasOwn(parsed.exports, `./${path.join("/")}`);
}
