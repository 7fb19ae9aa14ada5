import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { musicTokens, musicVocabSize, type Step } from "./chorales";
import { genomeAlphabet, parseFasta } from "./fasta";
import { genomeTokenizer } from "./genome-tokenizer";
import { musicTokenizer, parseMusic } from "./music-tokenizer";
import { numberTokenizer } from "./number-tokenizer";
import type { Tokenizer } from "./tokenizer";
import { tokenizerFromJSON } from "./tokenizer-from-json";

const streamed = (tokenizer: Tokenizer, tokens: ArrayLike<number>) => {
  const { push, end } = tokenizer.stream();
  return Array.from(tokens, push).join("") + end();
};

describe.each([genomeTokenizer(), musicTokenizer(), numberTokenizer(300)])("tokens as text", (tokenizer) => {
  it("decode whatever a model may write, streamed or not, and are described by their JSON", () => {
    const token = fc.nat({ max: tokenizer.vocabSize - 1 });
    const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer.toJSON())));
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const text = tokenizer.decode(tokens);
        expect(streamed(tokenizer, tokens).trimEnd()).toBe(text.trimEnd());
        expect(again.decode(tokens)).toBe(text);
      }),
    );
    expect(() => tokenizer.decode([tokenizer.vocabSize])).toThrow("token is");
    expect([...tokenizer.encode("")]).toEqual([]);
  });
});

describe("genomes", () => {
  const genome = genomeTokenizer();

  it("are written as FASTA that is read again", () => {
    const record = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 3 }), (records) => {
        const tokens = records.flatMap((bases) => [5, ...bases]);
        const text = genome.decode(tokens);
        expect([...parseFasta(new TextEncoder().encode(text), "x")]).toEqual(tokens);
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(70);
        expect([...genome.encode(text)]).toEqual(tokens);
      }),
    );
  });

  it("take bases alone as the middle of a record", () => {
    expect([...genome.encode("acgtn\nA")]).toEqual([0, 1, 2, 3, 4, 0]);
    expect(() => genome.encode("hello")).toThrow('genome is a text with "e" at byte');
    expect(genome.vocabSize).toBe(genomeAlphabet.length);
  });
});

describe("music", () => {
  it("is a line for each sixteenth", () => {
    expect(musicTokenizer().decode([128, 74, 70, 65, 58, 0, 70, 65, 58, 128, 60, 0, 0, 0])).toBe(
      "\n74 70 65 58\n- 70 65 58\n\n60 - - -\n",
    );
  });

  it("round-trips through its text", () => {
    const pitch = fc.nat({ max: 127 });
    const piece = fc.array(fc.tuple(pitch, pitch, pitch, pitch), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces: Step[][]) => {
        const tokens = [...musicTokens(pieces)];
        const text = musicTokenizer().decode(tokens);
        expect(parseMusic(text, "x")).toEqual(pieces);
        expect([...musicTokenizer().encode(text)]).toEqual(tokens);
        expect([...musicTokenizer().encode(text.trimStart())]).toEqual(tokens.slice(1));
      }),
    );
    expect(musicTokenizer().vocabSize).toBe(musicVocabSize);
  });

  it.each(["1 2 3", "1 2 3 4 5", "a b c d", "1 2 3 128", "1 2 3 -4"])("refuses the line %j", (line) => {
    expect(() => parseMusic(`60 60 60 60\n${line}`, "x.txt")).toThrow(/^x.txt, line 2 is .* must be /);
  });
});

describe("numbers", () => {
  it("are read back, with blanks or commas", () => {
    const numbers = numberTokenizer(10);
    expect([...numbers.encode(" 1 2,3\n9")]).toEqual([1, 2, 3, 9]);
    expect(numbers.decode([1, 2])).toBe("1 2");
    expect(() => numbers.encode("1 ten")).toThrow("token is NaN, but must be 0 to 9.");
    expect(() => numberTokenizer(0)).toThrow("vocabSize is 0");
  });
});
