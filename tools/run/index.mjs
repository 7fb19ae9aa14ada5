/**
 * `npm test`, `npm run demo`, `npm run playground`, `npm run preview`, `npm run docs` and `npm run check:packages`: everything
 * from a bare clone, with nothing but Node and npm. This file and its neighbours therefore use Node alone.
 */
import { built } from "./built.mjs";
import { demo } from "./demo.mjs";
import { playground, preview } from "./playground.mjs";
import { test } from "./test.mjs";

const commands = {
  demo,
  playground,
  preview,
  test,
  docs: built("tools/docs/index.mjs"),
  packages: built("tools/check/packages/index.mjs"),
};
const [name, ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? "") ? commands[name] : undefined;
if (command === undefined) {
  console.error(`tools/run: ${name} given, but it must be one of ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
process.exit(await command(rest));
