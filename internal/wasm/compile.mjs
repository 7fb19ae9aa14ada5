/**
 * Compiles the AssemblyScript of a package to `src/kernels/wasm/generated/builds.ts`: the module as base64, so that no
 * bundler has to find a file, once with relaxed SIMD and once without. Does nothing where that is up to date.
 *
 *     node internal/wasm/compile.mjs [package …]
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { main as compileScript } from "assemblyscript/asc";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The memory is tfjs' own: nothing may be placed there, so there is no runtime, no assertion and no text. */
const flags = [
  "--importMemory",
  "--noExportMemory",
  "--runtime",
  "stub",
  "-O3",
  "--noAssert",
  "--use",
  "abort=",
  "--disableWarning",
  "201",
  "--disableWarning",
  "112",
  "--enable",
  "simd",
];
const builds = { relaxed: ["--enable", "relaxed-simd"], simd: [] };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : ["lsh", "model"]) await compile(name);
}

async function compile(name) {
  const folder = join(root, "packages", name);
  if (!existsSync(join(folder, "assembly/index.ts"))) return;
  const target = join(folder, "src/kernels/wasm/generated/builds.ts");
  const key = keyOf(folder);
  if (existsSync(target) && readFileSync(target, "utf8").includes(key)) return;
  const lines = [`// Generated from assembly/ by internal/wasm/compile.mjs: ${key}`];
  for (const [build, extra] of Object.entries(builds)) {
    const binary = await assemble(join(folder, "assembly/index.ts"), extra);
    refuseData(binary, name);
    lines.push(`export const ${build} =\n  "${Buffer.from(binary).toString("base64")}";`);
  }
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, `${lines.join("\n")}\n`);
  renameSync(temporary, target);
}

function keyOf(folder) {
  const hash = createHash("sha256").update(flags.join(" "));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const sources of [join(root, "internal/wasm/assembly"), join(folder, "assembly")]) {
    for (const file of readdirSync(sources).toSorted()) hash.update(readFileSync(join(sources, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * @param standIns sources to be taken in place of others, by paths from the root
 * @returns the binary of a module
 */
export async function assemble(entry, extra, standIns = {}) {
  let binary;
  const { error, stderr } = await compileScript([entry, ...flags, ...extra, "--outFile", "module.wasm"], {
    writeFile: (_, contents) => (binary = contents),
    readFile(name, folder) {
      const path = resolve(folder, name);
      const standIn = Object.keys(standIns).find((source) => join(root, source) === path);
      const file = standIn ? join(root, standIns[standIn]) : path;
      return existsSync(file) ? readFileSync(file, "utf8") : null;
    },
  });
  if (error) throw new Error(`${entry} does not compile: ${stderr}`);
  return binary;
}

/** A data segment would be written over whatever tfjs has at that address. */
function refuseData(binary, name) {
  // Node may not know relaxed SIMD yet, so the sections are walked by hand.
  const dataSection = 11;
  for (let at = 8; at < binary.length;) {
    const id = binary[at++];
    let size = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) size |= ((byte = binary[at++]) & 0x7f) << shift;
    if (id === dataSection) throw new Error(`the kernels of ${name} contain static data`);
    at += size;
  }
}
