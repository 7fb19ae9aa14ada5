/** The pages on migration know every option that the other Reformers have (peer-names.json), and translate into names that exist. */
import { readFileSync } from "node:fs";
import { expect, describe, it } from "vitest";
import * as data from "../packages/data/src/index";
import * as subword from "../packages/data/src/subword/index";
import * as lsh from "../packages/lsh/src/index";
import * as attentionLayers from "../packages/lsh/src/layers/index";
import * as model from "../packages/model/src/index";
import * as reversible from "../packages/reversible/src/index";
import peers from "./peer-names.json" with { type: "json" };

const keys = Object.keys({ ...model.reformerSchema.shape, ...model.encoderDecoderSchema.shape });
const functions = Object.keys({ ...data, ...subword, ...lsh, ...attentionLayers, ...model, ...reversible });
/** Arguments of functions, which are types and therefore not to be asked at run time. */
const options =
  "inputs targets source queryKey value hashed keyMask maxTokens temperature topK topP seed beamSize forward forwardAndGrad f g".split(
    " ",
  );
const ours = new Set([...keys, ...functions, ...options]);
/** Words of code that are no names of ours: values, types, what belongs to the reader. */
const others = /^("|\d|\[|@|reformer |Int32Array|null|true|false|tf\.|Residual$)/;

const read = (name: string) => readFileSync(new URL(`../docs/migrate/${name}.md`, import.meta.url), "utf8");
const rows = (page: string) =>
  page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.slice(2, -2).split(" | "));
const code = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);

describe.each(["transformers", "reformer-pytorch", "trax"] as const)("coming from %s", (peer) => {
  const page = read(peer);

  it("finds every option of the installed package", () => {
    const translated = new Set(rows(page).flatMap(([theirs]) => code(theirs!)));
    const missing = Object.entries(peers[peer]).flatMap(([owner, names]) =>
      names.filter((name) => !translated.has(name)).map((name) => `${owner}.${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("finds names that exist here", () => {
    const named = rows(page).flatMap(([, here]) => code(here ?? ""));
    const names = named.flatMap((text) =>
      others.test(text) ? [] : (/^([A-Za-z]\w*)(\(|:|$)/.exec(text)?.[1] ?? text),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !ours.has(name))).toEqual([]);
  });

  it("is told of the version that the names are of", () => {
    const version = peers.versions.find((pin) => pin.startsWith(`${peer}==`))!.split("==")[1]!;
    expect(page).toContain(version.replace(/\.0$/, ""));
  });
});
