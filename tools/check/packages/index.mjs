/**
 * `npm run check:packages`: every package is packed as for npm, installed into empty projects outside of the repository, and used
 * there. Prints one line for everything that was tried; ends with 1 when one of them failed.
 */
import { command } from "./command.mjs";
import { consumers } from "./consumers.mjs";
import { libraries, project, root, run } from "./folders.mjs";
import { gates } from "./gates.mjs";
import { pack } from "./pack.mjs";
import { sizes } from "./sizes.mjs";

let failures = 0;

/** Tries one thing and says how it went. */
async function row(what, work) {
  const started = performance.now();
  try {
    const remark = String((await work()) ?? "")
      .trim()
      .split("\n")
      .at(-1);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`ok      ${what.padEnd(62)} ${seconds.padStart(6)} s  ${remark.slice(0, 60)}`);
  } catch (error) {
    failures++;
    console.log(`FAILED  ${what}\n        ${error.message.replaceAll("\n", "\n        ")}`);
  }
}

await run("npx", ["--no-install", "turbo", "run", "build", "--output-logs=errors-only"], { cwd: root });
const all = await pack();
const { "@reformer-ts/trainer": _, ...packed } = all;
for (const name of libraries) {
  await row(`@reformer-ts/${name}: publint, attw, contents, manifest`, async () => {
    const { files, manifest } = await gates(name, packed[`@reformer-ts/${name}`].replace("file:", ""));
    return `${manifest.version}, ${files} files`;
  });
}
await row("sizes, tree-shaking, no side effects", async () => {
  const folder = await project("sizes", {
    files: {},
    dependencies: { ...packed, "@tensorflow/tfjs-core": "4.22.0" },
  });
  const rows = await sizes(folder);
  for (const { entry, bytes, ceiling } of rows) {
    console.log(
      `        ${entry.padEnd(48)} ${(bytes / 1000).toFixed(1).padStart(6)} kB gzip, at most ${(ceiling / 1000).toFixed(1)}`,
    );
  }
});
await consumers(packed, row);
await row("reformer, installed globally, in an empty folder", () => command(all));
console.log(failures === 0 ? "\nAll of it works." : `\n${failures} failed.`);
process.exit(failures === 0 ? 0 : 1);
