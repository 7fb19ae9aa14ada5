import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { readBytes, readText } from "../src/node";
import { anyTokenizerFromJSON, sentencePieceTokenizer, trainBytePairs } from "../src/subword";
import type { Tokenizer } from "../src/tokenizer";

const golden = JSON.parse(readFileSync(join(import.meta.dirname, "golden/tokens.json"), "utf8")) as Record<
  "sentencepiece" | "bytePairs",
  { merges?: [string, string][]; novel: object; sentences: { text: string; tokens: number[] }[] }
>;
const novel = readText(join(import.meta.dirname, "../../../apps/trainer/assets/crime-and-punishment.txt.gz"));

const digest = (tokens: Int32Array) => ({
  count: tokens.length,
  sha256: createHash("sha256").update(tokens).digest("hex"),
});
const streamed = (tokenizer: Tokenizer, tokens: ArrayLike<number>) => {
  const stream = tokenizer.stream();
  return Array.from(tokens, (token) => stream.push(token)).join("") + stream.end();
};

describe("sentencePieceTokenizer", () => {
  const tokenizer = sentencePieceTokenizer(
    readBytes(join(import.meta.dirname, "samples/novel-320.model.gz")),
    "model",
  );

  it("gives the tokens of sentencepiece itself: 513,811 for the novel", () => {
    expect(tokenizer.vocabSize).toBe(320);
    expect(digest(tokenizer.encode(novel))).toEqual(golden.sentencepiece.novel);
  });

  it.each(golden.sentencepiece.sentences)(
    "gives the tokens of sentencepiece itself: $text",
    ({ text, tokens }) => {
      expect(Array.from(tokenizer.encode(text))).toEqual(tokens);
    },
  );

  it("decodes words back, spaces made single", () => {
    expect(tokenizer.decode(tokenizer.encode("  On an   exceptionally\nhot evening "))).toBe(
      "On an exceptionally hot evening",
    );
  });

  it("streams what it decodes at once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 319 }), { maxLength: 30 }), (tokens) => {
        expect(streamed(tokenizer, tokens)).toBe(tokenizer.decode(tokens));
      }),
    );
  });
});

describe("trainBytePairs", () => {
  let trained: Tokenizer;
  beforeAll(() => {
    trained = trainBytePairs(novel, { vocabSize: 512 });
  });

  it("makes the vocabulary that Hugging Face's trainer makes", () => {
    const { file } = trained.toJSON() as { file: { model: { merges: unknown } } };
    expect(trained.vocabSize).toBe(512);
    expect(file.model.merges).toEqual(golden.bytePairs.merges);
  });

  it("gives the tokens that Hugging Face's own library gives", () => {
    expect(digest(trained.encode(novel))).toEqual(golden.bytePairs.novel);
    for (const { text, tokens } of golden.bytePairs.sentences) {
      expect(Array.from(trained.encode(text))).toEqual(tokens);
    }
  });

  it("loses nothing of any text, at once or streamed, also after it was saved", () => {
    const again = anyTokenizerFromJSON(JSON.parse(JSON.stringify(trained)));
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const tokens = again.encode(text);
        expect(again.decode(tokens)).toBe(text);
        expect(streamed(again, tokens)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("stops when no pair occurs twice, and refuses sizes without room for the bytes", () => {
    expect(trainBytePairs("abcab", { vocabSize: 300 }).vocabSize).toBe(257);
    for (const vocabSize of [255, 300.5, 65_537, NaN]) {
      expect(() => trainBytePairs("a", { vocabSize })).toThrow(
        `vocabSize is ${vocabSize}, but must be an integer`,
      );
    }
  });
});

describe("anyTokenizerFromJSON", () => {
  it("also reads what needs no library", () => {
    expect(anyTokenizerFromJSON({ type: "bytes" }).vocabSize).toBe(256);
    expect(() => anyTokenizerFromJSON({ type: "subword" })).toThrow("tokenizer is without a model");
  });
});
