/** What tools say of a tarball before anybody installs it: publint, attw, its contents. */
import { run } from "./folders.mjs";

const wanted = {
  library: ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"],
  command: ["LICENSE", "README.md", "package.json", "bin/reformer.mjs", "dist/cli.js", "configs/novel.yaml"],
};
const unwanted = [/\.test\.ts$/, /(^|\/)test\//, /node_modules/, /\.tsbuildinfo$/];

/** @param tarball path of the packed library */
export async function libraryGates(name, tarball) {
  // Node 20.19 and newer `require` an ES module; only TypeScript's node10 and older Nodes cannot.
  await run("npx", [
    "--no-install",
    "attw",
    tarball,
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    "--no-emoji",
  ]);
  const { files, manifest } = await gates(name, tarball, wanted.library);
  for (const field of ["exports", "keywords"]) {
    if (manifest[field] === undefined) throw new Error(`${name}: package.json has no ${field}`);
  }
  if (manifest.sideEffects !== false) throw new Error(`${name}: sideEffects is not false`);
  if (name !== "data" && !manifest.peerDependencies?.["@tensorflow/tfjs-core"]) {
    throw new Error(`${name}: tfjs-core is not a peer`);
  }
  return { files, manifest };
}

/** @param tarball path of the packed command */
export async function commandGates(tarball) {
  const { files, manifest } = await gates("trainer", tarball, wanted.command);
  if (manifest.bin?.reformer === undefined) throw new Error("trainer: package.json has no bin");
  return { files, manifest };
}

async function gates(name, tarball, needed) {
  await run("npx", ["--no-install", "publint", "--strict", tarball]);
  const files = (await run("tar", ["-tzf", tarball]))
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  for (const file of needed)
    if (!files.includes(file)) throw new Error(`${name}: ${file} is not in the tarball`);
  for (const file of files) {
    if (unwanted.some((pattern) => pattern.test(file))) throw new Error(`${name}: ${file} is in the tarball`);
  }
  const manifest = JSON.parse(await run("tar", ["-xzOf", tarball, "package/package.json"]));
  checkManifest(name, manifest);
  return { files: files.length, manifest };
}

/** What a stranger, and npm's provenance, expect of a package.json. */
function checkManifest(name, manifest) {
  for (const field of ["description", "license", "repository", "homepage", "bugs", "engines"]) {
    if (manifest[field] === undefined) throw new Error(`${name}: package.json has no ${field}`);
  }
  const expected = { license: "Apache-2.0", type: "module" };
  for (const [field, value] of Object.entries(expected)) {
    if (manifest[field] !== value) throw new Error(`${name}: ${field} is ${manifest[field]}, not ${value}`);
  }
  if (!manifest.publishConfig?.provenance) throw new Error(`${name}: published without provenance`);
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const versions = Object.values({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const unresolved = versions.find((version) => /^(workspace|catalog):/.test(version));
  if (unresolved) throw new Error(`${name}: a dependency is ${unresolved}`);
}
