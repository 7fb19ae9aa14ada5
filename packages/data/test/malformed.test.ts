import { readFileSync } from "node:fs";
import { join } from "node:path";

import { isInputError } from "@reformer-ts/internal-checks";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { midiFile, parseChorales, parseFasta, parseIdx, parseNpy, tokenizerFromJSON } from "../src";
import { decodeImage, decodeJpeg, decodePng } from "../src/images";
import { parseMidi } from "../src/midi";
import { openByteSource, openNpySource, readBytes, readText } from "../src/node";
import { npyHeader } from "../src/npy";
import { sentencePieceTokenizer, subwordTokenizer } from "../src/subword";
import { temporaryFolder } from "./temporary-folder";

/** Every way to get a file wrong ends in one sentence, the same one that people will read. */

const { write } = temporaryFolder();
const sample = (file: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "samples", file)));
const text = (content: string) => new TextEncoder().encode(content);
const changed = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = bytes.slice();
  copy.set(values, at < 0 ? copy.length + at : at);
  return copy;
};
/** A header that says more than the file holds. */
const npy = (header: string, values = new Uint8Array(4)) => {
  const start = npyHeader("|u1", [4]);
  start.fill(0x20, 10, 127).set(text(header), 10);
  return Uint8Array.from([...start, ...values]);
};

const png = sample("emoji/1f600.png");
const jpeg = sample("formats/baseline.jpg");
const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8);
const model = readBytes(join(import.meta.dirname, "samples/novel-320.model.gz"));
const midi = midiFile([
  [64, 60, 0, 48],
  [65, 60, 0, 48],
]);
const vocabulary = { a: 0, b: 1, ab: 2 };

const bytesCases: Record<
  string,
  { read: (bytes: Uint8Array, name: string) => unknown; files: Record<string, Uint8Array> }
> = {
  png: {
    read: decodePng,
    files: {
      "of another kind": jpeg,
      "without anything after the signature": png.subarray(0, 8),
      "cut off in the header": png.subarray(0, 20),
      "cut off in the picture": png.subarray(0, 1000),
      "without an end": png.subarray(0, -12),
      "of no width": changed(png, 16, 0, 0, 0, 0),
      "of 2^31 pixels a side": changed(png, 16, 128, 0, 0, 0, 128, 0, 0, 0),
      "of more pixels than there are": changed(png, 16, 0, 0, 1, 0),
      "with more inside than its size": changed(png, 16, 0, 0, 0, 1, 0, 0, 0, 1),
      "of an unknown colour type": changed(png, 25, 9),
      "of an impossible depth": changed(png, 24, 3),
      "with a wrong checksum": changed(png, 29, 1, 2, 3, 4),
      "with a chunk longer than the file": changed(png, 33, 255, 255, 255, 255),
      "with a picture of noise": changed(png, 500, ...Array.from({ length: 200 }, (_, i) => (i * 37) & 255)),
    },
  },
  jpeg: {
    read: decodeJpeg,
    files: {
      "of another kind": png,
      "that ends after its start": jpeg.subarray(0, 4),
      "cut off in its tables": jpeg.subarray(0, 200),
      "without a picture": Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
      "of 65,535 pixels a side": (() => {
        const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
        return changed(jpeg, frame + 5, 255, 255, 255, 255);
      })(),
      "with a segment that is longer than the file": changed(jpeg, 4, 255, 255),
    },
  },
  image: {
    read: decodeImage,
    files: {
      "of nothing": new Uint8Array(),
      "that is a GIF": text("GIF89a..."),
      "that is text": text("hello"),
    },
  },
  idx: {
    read: parseIdx,
    files: {
      "of nothing": new Uint8Array(),
      "with another beginning": changed(idx, 0, 1),
      "of floats": changed(idx, 2, 13),
      "without axes": Uint8Array.of(0, 0, 8, 0, 1),
      "cut off in the header": idx.subarray(0, 7),
      "cut off in the values": idx.subarray(0, -1),
      "longer than it says": Uint8Array.from([...idx, 9]),
      "that says it holds 2^64 values": changed(idx, 4, 255, 255, 255, 255, 255, 255, 255, 255),
      "of 255 axes": changed(idx, 3, 255),
    },
  },
  npy: {
    read: parseNpy,
    files: {
      "of nothing": new Uint8Array(),
      "of another kind": png,
      "cut off in the magic": npyHeader("|u1", [4]).subarray(0, 5),
      "cut off in the header": npyHeader("|u1", [4]).subarray(0, 60),
      "of version 9": changed(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"), 6, 9),
      "with a header of 4 GB": Uint8Array.from([
        ...npyHeader("|u1", [4]).subarray(0, 6),
        2,
        0,
        255,
        255,
        255,
        255,
        1,
      ]),
      "without a header": npy(""),
      "without a shape": npy("{'descr': '|u1', 'fortran_order': False, }"),
      "of floats": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"),
      "of objects": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
      "in big endian": npy("{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }"),
      "of records": npy("{'descr': [('a', '<u2')], 'fortran_order': False, 'shape': (2,), }"),
      "in column-major order": npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }"),
      "with negative sizes": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-4,), }"),
      "of 10^30 values": npy(`{'descr': '|u1', 'fortran_order': False, 'shape': (1${"0".repeat(30)},), }`),
      "shorter than it says": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }"),
      "longer than it says": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }"),
      "with a name of JavaScript as its type": npy(
        "{'descr': 'constructor', 'fortran_order': False, 'shape': (4,), }",
      ),
    },
  },
  midi: {
    read: parseMidi,
    files: {
      "of nothing": new Uint8Array(),
      "that is an image": png,
      "cut off in the header": midi.subarray(0, 12),
      "without a track": midi.subarray(0, 14),
      "cut off in a note": midi.subarray(0, -12),
      "of format 2": changed(midi, 9, 2),
      "with ticks of a film": changed(midi, 12, 0xe7, 40),
      "without ticks": changed(midi, 12, 0, 0),
      "with a header of 4 GB": changed(midi, 4, 255, 255, 255, 255),
      "with a track of 4 GB": changed(midi, 18, 255, 255, 255, 255),
      "with a pitch that there is not": changed(midi, 31, 200),
      "with an unknown event": changed(midi, 30, 0xf4),
    },
  },
  fasta: {
    read: parseFasta,
    files: {
      "of nothing": new Uint8Array(),
      "without a header": text("ACGT\n"),
      "of headers alone": text(">one\n>two\n"),
      "that ends in its header": text(">one"),
      "of proteins": text(">p\nMKVLE\n"),
      "with digits": text(">one\nACG7\n"),
      "that is compressed": sample("novel-320.model.gz"),
    },
  },
  sentencepiece: {
    read: sentencePieceTokenizer,
    files: {
      "of nothing": new Uint8Array(),
      "that is text": text("not a model at all"),
      "that is an image": png,
      "cut off in a piece": model.subarray(0, 1000),
      "cut off in the middle": model.subarray(0, 100_000),
      "with a piece of any kind of score": changed(model, 12, 0, 0, 192, 127),
    },
  },
};

const valueCases: Record<string, { read: (value: unknown) => unknown; values: unknown[] }> = {
  "tokenizer.json": {
    read: (value) => subwordTokenizer(value),
    values: [
      undefined,
      null,
      7,
      "text",
      [],
      {},
      { model: null },
      { model: {} },
      { model: { type: "BPE", vocab: {}, merges: [] } },
      { model: { type: "BPE", vocab: vocabulary } },
      { model: { type: "BPE", vocab: vocabulary, merges: "a b" } },
      { model: { type: "BPE", vocab: vocabulary, merges: [["a"]] } },
      { model: { type: "BPE", vocab: vocabulary, merges: [["a", 1]] } },
      { model: { type: "BPE", vocab: { a: -1 }, merges: [] } },
      { model: { type: "BPE", vocab: { a: 1.5 }, merges: [] } },
      { model: { type: "BPE", vocab: { a: 2 ** 40 }, merges: [] } },
      { model: { type: "BPE", vocab: { a: "0" }, merges: [] } },
      { model: { type: "Unigram", vocab: [["a"]] } },
      { model: { type: "Unigram", vocab: [["a", "b"]] } },
      { model: { type: "Unigram", vocab: [["a", NaN]] } },
      { model: { type: "Unigram", vocab: [[7, 0]] } },
      { model: { type: "Nonsense", vocab: vocabulary, merges: [] } },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, added_tokens: {} },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, added_tokens: [7] },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, added_tokens: [{ id: -7, content: "x" }] },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, normalizer: { type: "Nonsense" } },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, pre_tokenizer: { type: "Nonsense" } },
      { model: { type: "BPE", vocab: vocabulary, merges: [] }, decoder: { type: "Nonsense" } },
    ],
  },
  "saved tokenizer": {
    read: tokenizerFromJSON,
    values: [
      "bytes",
      { type: "toString" },
      { type: "subword", file: {} },
      { type: "characters" },
      { type: "characters", characters: "" },
      { type: "reserved", count: 2 },
      { type: "reserved", count: 2 ** 40, tokenizer: { type: "bytes" } },
    ],
  },
  chorales: {
    read: (value) => parseChorales(value, "jsb.json"),
    values: [
      null,
      [],
      {},
      { train: [], valid: [], test: [] },
      { train: [[[60]]], valid: [[[60]]] },
      { train: [[60]], valid: [[[60]]], test: [[[60]]] },
      { train: [[[60, 61, 62, 63, 64]]], valid: [[[60]]], test: [[[60]]] },
      { train: [[["60"]]], valid: [[[60]]], test: [[[60]]] },
      { train: [[[60.5]]], valid: [[[60]]], test: [[[60]]] },
      { train: [[[128]]], valid: [[[60]]], test: [[[60]]] },
      { train: [[[-2]]], valid: [[[60]]], test: [[[60]]] },
      { train: [[]], valid: [[[60]]], test: [[[60]]] },
    ],
  },
};

/** What comes of it: a value, a sentence, or something that no user should see. */
function outcome(work: () => unknown): string {
  try {
    work();
    return "a value";
  } catch (error) {
    return isInputError(error) ? error.message : `${String(error)} ${(error as Error).stack}`;
  }
}
const sentence = /^[^\n]{1,400}\.$/;
const isSentence = (message: string) => / (is|are) .* but must be /.test(message) && sentence.test(message);

describe.each(Object.entries(bytesCases))("%s", (kind, { read, files }) => {
  it.each(Object.entries(files))("a file %s is refused in a sentence", (_, bytes) => {
    const message = outcome(() => read(bytes, `x.${kind}`));
    expect(message).toSatisfy(isSentence);
    expect(message).toContain(`x.${kind}`);
  });

  it("any damage to any file ends in a value or in a sentence", () => {
    const originals = [
      png.slice(0, 400),
      jpeg,
      idx,
      midi,
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"),
    ];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...originals), damage, fc.nat(), (original, changes, cut) => {
        const bytes = original.slice(0, cut % 3 === 0 ? cut % original.length : original.length);
        for (const [at, value] of changes) bytes[at % Math.max(1, bytes.length)] = value;
        const message = outcome(() => read(bytes, "x"));
        expect(message === "a value" || isSentence(message) ? "" : message).toBe("");
      }),
      { numRuns: 200 },
    );
  });
});

describe.each(Object.entries(valueCases))("%s", (_, { read, values }) => {
  it.each(values)("%j is refused in a sentence", (value) => {
    expect(outcome(() => read(value))).toSatisfy(isSentence);
  });
});

describe("files", () => {
  const files: [string, Uint8Array, (path: string) => unknown][] = [
    ["empty", new Uint8Array(), readText],
    ["cut.gz", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), readText],
    ["cut.bz2", text("BZh91AY&SY"), readText],
    ["level.bz2", text("BZhx"), readText],
    ["cut.zip", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), readText],
    ["latin.txt", Uint8Array.of(0xe9, 0x20, 0x61), readText],
    ["utf16.txt", Uint8Array.of(0xff, 0xfe, 0x61, 0), openByteSource],
    ["short.npy", npyHeader("<u2", [7]), openNpySource],
    ["text.npy", text("0 1 2 3 4 5"), openNpySource],
    ["empty.npy", new Uint8Array(), openNpySource],
  ];

  it.each(files)("%s is refused in a sentence", (name, bytes, read) => {
    const path = write(name, bytes);
    const message = outcome(() => read(path));
    expect(message).toSatisfy(isSentence);
    expect(message).toContain(path);
  });
});
