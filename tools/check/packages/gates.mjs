/** What tools say of a tarball before anybody installs it: publint, attw, its contents. */
import { join } from "node:path";
import { root, run } from "./folders.mjs";

const wanted = ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"];
const unwanted = [/\.test\.ts$/, /(^|\/)test\//, /node_modules/, /\.tsbuildinfo$/];

/** @param tarball path of the packed library */
export async function gates(name, tarball) {
  const folder = join(root, "packages", name);
  await run("npx", ["--no-install", "publint", "--strict", tarball]);
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
  const files = (await run("tar", ["-tzf", tarball]))
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  for (const file of wanted)
    if (!files.includes(file)) throw new Error(`${name}: ${file} is not in the tarball`);
  for (const file of files) {
    if (unwanted.some((pattern) => pattern.test(file))) throw new Error(`${name}: ${file} is in the tarball`);
  }
  const manifest = JSON.parse(await run("tar", ["-xzOf", tarball, "package/package.json"]));
  checkManifest(name, manifest);
  return { folder, files: files.length, manifest };
}

/** What a stranger, and npm's provenance, expect of a package.json. */
function checkManifest(name, manifest) {
  for (const field of [
    "description",
    "keywords",
    "license",
    "repository",
    "homepage",
    "bugs",
    "engines",
    "exports",
  ]) {
    if (manifest[field] === undefined) throw new Error(`${name}: package.json has no ${field}`);
  }
  const expected = { license: "Apache-2.0", sideEffects: false, type: "module" };
  for (const [field, value] of Object.entries(expected)) {
    if (manifest[field] !== value) throw new Error(`${name}: ${field} is ${manifest[field]}, not ${value}`);
  }
  if (!manifest.publishConfig?.provenance) throw new Error(`${name}: published without provenance`);
  const versions = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies });
  const unresolved = versions.find((version) => /^(workspace|catalog):/.test(version));
  if (unresolved) throw new Error(`${name}: a dependency is ${unresolved}`);
  if (name !== "data" && !manifest.peerDependencies?.["@tensorflow/tfjs-core"]) {
    throw new Error(`${name}: tfjs-core is not a peer`);
  }
}
