/**
 * `npm run check:packages`: every package is packed as for npm, installed into empty projects outside of the repository, and used
 * there. Prints one line for everything that was tried; ends with 1 when one of them failed. With `-- --write` the table goes
 * into docs/packages.md, when all of it works.
 */
import { command } from "./command.mjs";
import { consumers } from "./consumers.mjs";
import { examples } from "./examples.mjs";
import { libraries, project } from "./folders.mjs";
import { commandGates, libraryGates } from "./gates.mjs";
import { pack } from "./pack.mjs";
import { writePage } from "./page.mjs";
import { sizes } from "./sizes.mjs";

const tried = [];
let failures = 0;

/** Tries one thing and says how it went. */
async function row(what, work) {
  const started = performance.now();
  try {
    const remark = String((await work()) ?? "")
      .trim()
      .split("\n")
      .at(-1)
      .slice(0, 72);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    tried.push({ what, remark });
    console.log(`ok      ${what.padEnd(62)} ${seconds.padStart(6)} s  ${remark}`);
  } catch (error) {
    failures++;
    console.log(`FAILED  ${what}\n        ${error.message.replaceAll("\n", "\n        ")}`);
  }
}

const all = await pack();
const { "@reformer-ts/trainer": trainer, ...packed } = all;
for (const name of libraries) {
  await row(`@reformer-ts/${name}: publint, attw, contents, manifest`, async () => {
    const { files, manifest } = await libraryGates(name, packed[`@reformer-ts/${name}`].replace("file:", ""));
    return `${manifest.version}, ${files} files`;
  });
}
await row("@reformer-ts/trainer: publint, contents, manifest", async () => {
  const { files, manifest } = await commandGates(trainer.replace("file:", ""));
  return `${manifest.version}, ${files} files`;
});
let measured = [];
await row("sizes, tree-shaking, no side effects", async () => {
  const folder = await project("sizes", {
    files: {},
    dependencies: { ...packed, "@tensorflow/tfjs-core": "4.22.0" },
  });
  measured = await sizes(folder);
  for (const { entry, bytes, ceiling } of measured) {
    console.log(`        ${entry.padEnd(48)} ${kilobytes(bytes)} kB gzip, at most ${kilobytes(ceiling)}`);
  }
  return "all below their ceilings";
});
await consumers(packed, row);
await examples(packed, row);
await row("reformer, installed globally, in an empty folder", () => command(all));
console.log(failures === 0 ? `\nAll of it works: ${tried.length} rows.` : `\n${failures} failed.`);
if (failures === 0 && process.argv.includes("--write")) await writePage(tried, measured);
process.exit(failures === 0 ? 0 : 1);

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(6);
}
