/** The examples of the README, run as they stand. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as model from "../src/index";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) =>
  code!.replace(/^import [\s\S]*?;$/gm, ""),
);

/** Runs an example with the package's exports at hand, and returns one of its variables. */
async function run(code: string, variable: string): Promise<unknown> {
  const names = Object.keys(model);
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const example = new AsyncFunction(...names, `${code}; return ${variable};`);
  return example(...names.map((name) => model[name as keyof typeof model]));
}

test("the language model of the README learns to go on, and writes", async () => {
  expect(await run(examples[0]!, "written")).toEqual([3, 4, 5, 6, 7, 0, 1, 2]);
});

test("the classifier of the README tells classes apart, and does so after it was saved", async () => {
  const nats = (await run(examples[1]!, "(await nats.data())[0] / count")) as number;
  expect(nats).toBeLessThan(Math.log(4) / 2);
});

test("the README names functions that exist", () => {
  const table = readme.slice(readme.indexOf("| function"), readme.indexOf("Fused kernels are entries"));
  const names = Array.from(table.matchAll(/`([a-z]\w+)`/gi), ([, name]) => name!);
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !(name in model))).toEqual([]);
});

test("the encoder-decoder of the README learns its pair", async () => {
  expect(await run(examples[2]!, "[...translated]")).toEqual([6, 5, 4]);
});
