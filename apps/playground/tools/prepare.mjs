/**
 * `node tools/prepare.mjs CHAPTER[/PART] …`: computes what chapters show before the visitor's machine has computed
 * anything, with each chapter's own `prepare.ts`, and prints a line of JSON for each: its name, and what `decode` of
 * `src/prepared/codec.ts` reads. The build runs it as a process of its own: what is timed has one to itself, and a
 * server for development answers meanwhile.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { defaultServerConditions, runnerImport } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
// Written for bundlers: Node does not resolve what it imports.
const gradients = "@tensorflow/tfjs-core/dist/register_all_gradients";
const resolve = {
  /** The workspace's packages run from their sources. */
  conditions: ["reformer-ts-source", ...defaultServerConditions],
  alias: { [gradients]: createRequire(import.meta.url).resolve(`${gradients}.js`) },
};

const settings = {
  root,
  configFile: false,
  logLevel: "warn",
  resolve,
  environments: { inline: { resolve } },
};
const run = async (path) => (await runnerImport(`${root}src/${path}`, settings)).module;

const { encode } = await run("prepared/codec.ts");
for (const name of process.argv.slice(2)) {
  const [chapter, part] = name.split("/");
  const { prepare } = await run(`chapters/${chapter}/prepare.ts`);
  const line = `${JSON.stringify([name, encode(await prepare(part))])}\n`;
  // A pipe takes a long line in parts, and an exit before the last of them would cut it.
  await new Promise((written) => process.stdout.write(line, written));
}
process.exit(0);
