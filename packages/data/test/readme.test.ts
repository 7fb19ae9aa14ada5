import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import * as data from "../src";
import * as images from "../src/images";
import * as midi from "../src/midi";
import * as node from "../src/node";
import * as subword from "../src/subword";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const novel = join(import.meta.dirname, "../../../apps/trainer/assets/crime-and-punishment.txt.gz");

it("prints what its comments say", () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const runnable = code
    .replaceAll(/import (\{[^}]*\}) from "@reformer-ts\/data(\/node)?";/g, (_, names, entry) =>
      entry === undefined ? `const ${names} = data;` : `const ${names} = node;`,
    )
    .replace('"crime-and-punishment.txt.gz"', JSON.stringify(novel));
  const printed: string[] = [];
  const log = (...values: unknown[]) =>
    void printed.push(
      values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(" "),
    );
  // oxlint-disable-next-line no-implied-eval -- the README's own lines are what is under test
  new Function("data", "node", "console", runnable)(data, node, { log });
  const promised = Array.from(code.matchAll(/console\.log\(.*\); \/\/ (.*)/g), ([, comment]) => comment);
  expect(printed.slice(0, 2)).toEqual(promised.slice(0, 2));
  expect(printed[2]).toHaveLength(33);
});

it("names functions that exist", () => {
  const table = readme.slice(readme.indexOf("| what"), readme.indexOf("A tokenizer, a file"));
  const names = Array.from(table.matchAll(/`([a-z]\w+)[`("]/gi), ([, name]) => name!);
  const exported = { ...data, ...images, ...midi, ...node, ...subword };
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !(name in exported))).toEqual([]);
});
