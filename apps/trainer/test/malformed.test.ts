/**
 * Everything that people and files may get wrong, in one table: each ends in one sentence, and nothing that a file says is ever
 * believed before it is measured.
 */
import { decodeImage } from "@reformer-ts/data/images";
import { readBytes, readText } from "@reformer-ts/data/node";
import { subwordTokenizer } from "@reformer-ts/data/subword";
import { isInputError } from "@reformer-ts/internal-checks";
import { decodeSafetensors, readTorchFile } from "@reformer-ts/model";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfigFile } from "../src/config/files";
import { flagsOf, readFlag } from "../src/config/flags";
import { resolveRun } from "../src/config/resolve";
import { dataSchema } from "../src/config/schema";
import { openTask, tasks } from "../src/tasks";

const folder = mkdtempSync(join(tmpdir(), "reformer-malformed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = (content: string) => new TextEncoder().encode(content);
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

type Case = [what: string, read: () => unknown];

/** Every flag, given a word where it takes none, and a number that it cannot be. */
const flags: Case[] = flagsOf().flatMap((flag) => {
  const given = (value: string): Case => [
    `${flag.flag} ${value}`,
    () => {
      const values = { [flag.section]: { [flag.key]: readFlag(flag, value) } };
      resolveRun([
        { file: null, values: { training: { steps: 1 } } },
        { file: null, values },
      ]);
    },
  ];
  const takesText = flag.kinds.has("string");
  return [...(takesText ? [] : [given("zebra"), given("-7.5")]), given("")];
});

/** Every key of a config file, with a value of a kind that it never has. */
const configs: Case[] = [
  ...flagsOf().map(({ section, key }): Case => [
    `config: ${section}.${key} as a map`,
    () => resolveRun([readConfigFile(file("key.yaml", `${section}:\n  ${key}: { a: 1 }\n`))]),
  ]),
  ...Object.entries({
    "that is no YAML": "model: [unclosed",
    "with a key twice": "training:\n  steps: 1\n  steps: 2\n",
    "that is a list": "- model\n- data\n",
    "that is a word": "hello",
    "with an unknown section": "modle:\n  dModel: 64\n",
    "with an unknown key": "model:\n  dModle: 64\n",
    "with a key at the top": "dModel: 64\n",
    "with a section that is a number": "model: 7\n",
    "with a name of JavaScript as a key": "model:\n  constructor: 1\n",
    "with __proto__ as a section": "__proto__:\n  steps: 1\n",
    "with a tag that asks for code": "model: !!js/function 'function () {}'\n",
    "that repeats itself without end": `a: &a [x]\n${Array.from(
      { length: 12 },
      (_, i) =>
        `b${i}: &b${i} [${Array(9)
          .fill(i === 0 ? "*a" : `*b${i - 1}`)
          .join(",")}]`,
    ).join("\n")}\n`,
    "of 2 MB": `# ${"x".repeat(2 << 20)}\n`,
  }).map(([what, content]): Case => [
    `config: a file ${what}`,
    () => resolveRun([readConfigFile(file("whole.yaml", content))]),
  ]),
];

const safetensors = (header: unknown, size = 16) => {
  const json = text(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
};
const entry = (more: object = {}) => ({ dtype: "F32", shape: [2, 2], data_offsets: [0, 16], ...more });
const weights: Case[] = Object.entries({
  "of nothing": new Uint8Array(),
  "of seven bytes": new Uint8Array(7),
  "whose header is longer than it": Uint8Array.of(255, 255, 0, 0, 0, 0, 0, 0, 123),
  "whose header has 2^63 bytes": Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123),
  "whose header has 4 GB": Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 123),
  "whose header is no JSON": safetensors("{nonsense"),
  "whose header is a list": safetensors([1]),
  "whose header is null": safetensors("null"),
  "with a tensor that is a number": safetensors({ a: 7 }),
  "without a dtype": safetensors({ a: { shape: [4], data_offsets: [0, 16] } }),
  "of an unknown dtype": safetensors({ a: entry({ dtype: "F99" }) }),
  "with a name of JavaScript as its dtype": safetensors({ a: entry({ dtype: "constructor" }) }),
  "without a shape": safetensors({ a: { dtype: "F32", data_offsets: [0, 16] } }),
  "with negative sizes": safetensors({ a: entry({ shape: [-2, -2] }) }),
  "with broken sizes": safetensors({ a: entry({ shape: [1.5, 2] }) }),
  "of 10^30 values": safetensors({ a: entry({ shape: [1e15, 1e15] }) }),
  "with a word for a shape": safetensors({ a: entry({ shape: "2x2" }) }),
  "without offsets": safetensors({ a: { dtype: "F32", shape: [2, 2] } }),
  "with offsets that lie outside": safetensors({ a: entry({ data_offsets: [16, 32] }) }),
  "with offsets that run backwards": safetensors({ a: entry({ data_offsets: [16, 0] }) }),
  "with negative offsets": safetensors({ a: entry({ data_offsets: [-16, 0] }) }),
  "with three offsets": safetensors({ a: entry({ data_offsets: [0, 8, 16] }) }),
  "with two tensors in one place": safetensors({ a: entry(), b: entry() }),
  "with tensors that overlap": safetensors({ a: entry(), b: entry({ data_offsets: [8, 24] }) }, 24),
  "with a gap between tensors": safetensors({ a: entry(), b: entry({ data_offsets: [20, 36] }) }, 36),
  "with bytes before the first tensor": safetensors({ a: entry({ data_offsets: [8, 24] }) }, 24),
  "with bytes that belong to no tensor": safetensors({ a: entry() }, 17),
  "with metadata that is a list": safetensors({ __metadata__: ["a"], a: entry() }),
  "with metadata that is null": safetensors({ __metadata__: null, a: entry() }),
  "with a number as metadata": safetensors({ __metadata__: { step: 7 }, a: entry() }),
  "with offsets that do not fit the shape": safetensors({ a: entry({ data_offsets: [0, 12] }) }),
}).map(([what, bytes]): Case => [`safetensors ${what}`, () => decodeSafetensors(bytes, "model.safetensors")]);

/** A pickle that, were it obeyed, would run a command. */
const hostile = text("cos\nsystem\n(S'touch pwned'\ntR.");
const pickles: Case[] = Object.entries({
  "of nothing": new Uint8Array(),
  "that is text": text("weights"),
  "that would run a command": hostile,
  "that would run a command, in protocol 2": Uint8Array.from([0x80, 2, ...hostile]),
  "that ends at once": Uint8Array.of(0x80, 2),
  "that takes from an empty stack": Uint8Array.of(0x80, 2, 0x52, 0x2e),
  "with a string of 4 GB": Uint8Array.of(0x80, 2, 0x58, 255, 255, 255, 255, 0x2e),
  "with an unknown instruction": Uint8Array.of(0x80, 2, 0xff, 0x2e),
  "of a later protocol": Uint8Array.of(0x80, 99, 0x2e),
  "in an archive that is cut off": Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0),
  "in an archive without an end": Uint8Array.of(0x50, 0x4b, 3, 4, ...new Uint8Array(100)),
  "that is null": Uint8Array.of(0x80, 2, 0x4e, 0x2e),
}).map(([what, bytes]): Case => [`pickle ${what}`, () => readTorchFile(bytes, "pytorch_model.bin")]);

const tokenizers: Case[] = [
  null,
  7,
  "text",
  [],
  {},
  { model: null },
  { model: { type: "Nonsense" } },
  { model: { type: "BPE", vocab: { a: -1 }, merges: [] } },
  { model: { type: "BPE", vocab: { a: 2 ** 40 }, merges: [] } },
  { model: { type: "Unigram", vocab: [["a", "b"]] } },
].map((value): Case => [`tokenizer.json ${JSON.stringify(value)}`, () => subwordTokenizer(value)]);

const images: Case[] = Object.entries({
  "of nothing": new Uint8Array(),
  "that is text": text("a picture"),
  "that is a GIF": text("GIF89a......"),
  "that is a PNG without anything": Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
  "that is a JPEG without anything": Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
}).map(([what, bytes]): Case => [`an image ${what}`, () => decodeImage(bytes, "x.png")]);

const archives: Case[] = Object.entries({
  "cut.gz": Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
  "wrong-method.gz": Uint8Array.of(0x1f, 0x8b, 99, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  "cut.bz2": text("BZh91AY&SY"),
  "level.bz2": text("BZhx"),
  "cut.zip": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
  "latin.txt": Uint8Array.of(0xe9, 0x20, 0x61),
}).map(([name, bytes]): Case => [`a file ${name}`, () => readText(file(name, bytes))]);
/** Data of every task, opened as training opens them. */
const opened = (task: string, name: string, content: string | Uint8Array): Case => [
  `--task ${task} --corpus ${name}`,
  () => {
    const data = dataSchema.parse({ task, corpus: file(name, content), imageSize: 8 });
    openTask(data, { length: tasks[data.task].length?.(data) ?? 8 });
  },
];
const npy = (dictionary: string, values: number[] = [1, 2, 3, 4]) => {
  const start = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${dictionary.padEnd(117)}\n`, "latin1");
  return Uint8Array.from([...start, ...values]);
};
const array = (type: string, shape: string, values?: number[]) =>
  npy(`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`, values);
const chorale = (step: unknown) => JSON.stringify({ train: [[step]], valid: [[step]], test: [[step]] });
/** A file of one track. */
const midi = (events: number[], { format = 0, division = [0, 4], length = events.length } = {}) => {
  const bytes = Buffer.from([0, format, 0, 1, ...division]);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(6, 0);
  sizes.writeUInt32BE(length, 4);
  const [header, track] = [sizes.subarray(0, 4), sizes.subarray(4)];
  return Uint8Array.from([...text("MThd"), ...header, ...bytes, ...text("MTrk"), ...track, ...events]);
};
const data: Case[] = [
  opened("genome", "protein.fa", ">p\nMKVLE\n"),
  opened("genome", "no-header.fa", "ACGT\n"),
  opened("genome", "headers.fa", ">a\n>b\n"),
  opened("genome", "one-base.fa", ">a\nA"),
  opened("genome", "cut.fa.gz", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0)),
  opened("music", "words.txt", "la la la la\n"),
  opened("music", "three.txt", "60 60 60\n"),
  opened("music", "high.txt", "128 60 60 60\n"),
  opened("music", "broken.json", "{"),
  opened("music", "list.json", "[]"),
  opened("music", "five.json", chorale([60, 60, 60, 60, 60])),
  opened("music", "half.json", chorale([60.5])),
  opened("music", "proto.json", '{"__proto__": {"train": [[[60]]]}}'),
  opened("music", "words.mid", "la la la la"),
  opened("music", "empty.mid", ""),
  opened("music", "header.mid", midi([])),
  opened("music", "cut.mid", midi([0, 0x90, 60, 80, 4, 0x80, 60, 0]).subarray(0, -3)),
  opened("music", "no-notes.mid", midi([0, 0xff, 0x2f, 0])),
  opened("music", "drums.mid", midi([0, 0x99, 36, 80, 4, 0x89, 36, 0])),
  opened("music", "pitch-200.mid", midi([0, 0x90, 200, 80, 4, 0x80, 60, 0])),
  opened("music", "half-a-note.mid", midi([0, 0x90])),
  opened("music", "no-status.mid", midi([0, 60, 80])),
  opened("music", "frames.mid", midi([0, 0x90, 60, 80], { division: [0xe7, 40] })),
  opened("music", "no-time.mid", midi([0, 0x90, 60, 80], { division: [0, 0] })),
  opened("music", "several.mid", midi([0, 0x90, 60, 80], { format: 2 })),
  opened("music", "years.mid", midi([0, 0x90, 60, 80, 0xff, 0xff, 0xff, 0x7f, 0x80, 60, 0])),
  opened("music", "long-track.mid", midi([0, 0x90, 60, 80], { length: 0x7fffffff })),
  opened("music", "negative-track.mid", midi([0, 0x90, 60, 80], { length: 0xffffffff })),
  opened("music", "backwards.mid", midi([0, 0xf0, 0x8f, 0xff, 0xff, 0xff, 0x77])),
  opened("music", "negative-time.mid", midi([0x8f, 0xff, 0xff, 0xff, 0x77, 0x90, 60, 80])),
  opened("tokens", "text.npy", "1 2 3 4"),
  opened("tokens", "tokens.csv", "1,2,3"),
  opened("tokens", "empty.npy", array("|u1", "0,", [])),
  opened("tokens", "floats.npy", array("<f4", "1,")),
  opened("tokens", "objects.npy", array("|O", "1,")),
  opened("tokens", "big-endian.npy", array(">u2", "2,")),
  opened("tokens", "negative.npy", array("<i2", "2,", [255, 255, 0, 0])),
  opened("tokens", "cube.npy", array("|u1", "1, 2, 2")),
  opened("tokens", "row.npy", array("|u1", "1, 4")),
  opened("tokens", "short.npy", array("|u1", "9,")),
  opened("tokens", "huge.npy", array("|u1", `1${"0".repeat(30)},`)),
  opened("tokens", "columns.npy", npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }")),
  opened("images", "float.npy", array("<f4", "1, 1, 1")),
  opened("images", "flat.npy", array("|u1", "4,")),
  opened("images", "labels-idx1-ubyte", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)),
  opened("images", "cut-idx3-ubyte", Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1)),
  opened("images", "huge-idx3-ubyte", Uint8Array.of(0, 0, 8, 3, ...Array<number>(12).fill(255))),
  opened("text", "a", "x"),
];
const named: Case[] = [
  ["--task genome --corpus novel", { task: "genome" }],
  ["--task music --corpus ecoli", { task: "music", corpus: "ecoli" }],
  ["--tokenizer gone.json", { tokenizer: "gone.json" }],
  ["--tokenizer words.txt", { tokenizer: file("tokenizer.txt", "x") }],
  ["--tokenizer broken.json", { tokenizer: file("broken.json", "{") }],
  ["--tokenizer empty.model", { tokenizer: file("text.model", "no pieces") }],
  ["--part test without two parts", { part: "test" }],
].map(([what, given]): Case => [what as string, () => openTask(dataSchema.parse(given), { length: 8 })]);
const prepared: Case[] = ["nonsense", "7", '{"formatVersion":9}', '{"formatVersion":1,"bytes":-1}'].map(
  (content, i): Case => [
    `a prepared folder that says ${content}`,
    () => {
      mkdirSync(join(folder, `prepared-${i}`));
      openTask(dataSchema.parse({ corpus: dirname(file(`prepared-${i}/prepared.json`, content)) }), {
        length: 8,
      });
    },
  ],
);
const missing: Case = ["a file that is not there", () => readBytes(join(folder, "gone"))];

const cases = [
  ...flags,
  ...configs,
  ...weights,
  ...pickles,
  ...tokenizers,
  ...images,
  ...archives,
  ...data,
  ...named,
  ...prepared,
  missing,
];
const sentence = /^[^\n]{1,500} (is|are) [^\n]* but must be [^\n]*\.$/;

describe(`${cases.length} malformed inputs`, () => {
  it("are at least 200", () => expect(cases.length).toBeGreaterThanOrEqual(200));

  it.each(cases)("%s", (_, read) => {
    let said = "it was taken";
    try {
      read();
    } catch (error) {
      said = isInputError(error) ? error.message : String((error as Error).stack);
    }
    expect(said).toMatch(sentence);
  });
});
