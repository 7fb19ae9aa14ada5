/** docs/features.md names the options that there are, and all of them. */
import { readFileSync } from "node:fs";
import { reformerSchema } from "../packages/model/src/index";
import { expect, it } from "vitest";

const page = readFileSync(new URL("../docs/features.md", import.meta.url), "utf8");
const keys = Object.keys(reformerSchema.shape);
const named = (text: string) => [...text.matchAll(/`([A-Za-z]+)(?:: [^`]*)?`/g)].map(([, name]) => name!);

it("says where every option of the model is", () => {
  // How fresh weights are drawn, and sizes of one encoding or head.
  const beside = [
    "initializerRange",
    "embeddingRange",
    "fixedBases",
    "fixedBaseDigits",
    "numClasses",
    "headBias",
  ];
  const known = new Set(named(page));
  expect(keys.filter((key) => !known.has(key) && !beside.includes(key))).toEqual([]);
});

it("translates names only into such that exist", () => {
  const [, table] = page.split("## Names elsewhere");
  const ours = table!.split("\n").flatMap((line) => named(line.split("|").at(-2) ?? ""));
  expect(ours.length).toBeGreaterThan(20);
  expect(ours.filter((name) => !keys.includes(name))).toEqual([]);
});
