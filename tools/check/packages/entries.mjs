/** Every entry that a package.json exports, whether or not another part of the check uses it: typed, imported, required. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraries, project, run } from "./folders.mjs";

const tfjs = "4.22.0";

/** @param engines paths of every Node */
export async function entries(tarballs, engines, row) {
  const folder = await project("entries", {
    files: {},
    dependencies: {
      ...tarballs,
      "@tensorflow/tfjs": tfjs,
      "@tensorflow/tfjs-core": tfjs,
      "@tensorflow/tfjs-backend-webgpu": tfjs,
      typescript: "5.9.3",
      "@types/node": "20.19.43",
    },
  });
  const names = libraries.flatMap((library) => exportsOf(folder, library));
  const typed = names
    .map((name, i) => `import * as entry${i} from "${name}";\nexport { entry${i} };`)
    .join("\n");
  for (const file of ["entries.ts", "entries.cts"]) writeFileSync(join(folder, file), typed);
  writeFileSync(
    join(folder, "entries.mjs"),
    `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
for (const name of ${JSON.stringify(names)}) {
  const [imported, required] = [await import(name), require(name)];
  if (Object.keys(imported).length === 0 || imported !== required) throw new Error(name);
}
console.log("${names.length} entries, by import and by require");`,
  );
  for (const [what, file] of Object.entries({ "ES modules": "entries.ts", CommonJS: "entries.cts" }))
    await row(`every entry: its declarations, in ${what}`, () => declarations(folder, file, names.length));
  for (const engine of engines) {
    const version = (await run(engine, ["--version"])).trim();
    await row(`Node ${version}: every entry`, () => run(engine, ["entries.mjs"], { cwd: folder }));
  }
}

function exportsOf(folder, library) {
  const manifest = join(folder, "node_modules/@reformer-ts", library, "package.json");
  return Object.keys(JSON.parse(readFileSync(manifest, "utf8")).exports)
    .filter((path) => path !== "./package.json")
    .map((path) => `@reformer-ts/${library}${path.slice(1)}`);
}

/** Without `skipLibCheck`: tfjs' own declarations do not stand that with every TypeScript, ours must. */
async function declarations(folder, file, count) {
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const complaints = await run("npx", ["--no-install", "tsc", ...options, file], { cwd: folder }).then(
    () => "",
    (error) => error.message,
  );
  const ours = complaints
    .split("\n")
    .filter((line) => /error TS/.test(line) && !/^node_modules\/(?!@reformer-ts)/.test(line));
  if (ours.length > 0) throw new Error(ours.join("\n"));
  return `${count} entries, strict, none skipped`;
}
