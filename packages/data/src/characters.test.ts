import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { characterTokenizer, characterTokenizerFor } from "./characters";
import { tokenizerFromJSON } from "./tokenizer-from-json";

describe("characterTokenizer", () => {
  it("numbers the characters of a text by code point", () => {
    const tokenizer = characterTokenizerFor("b😀aab");
    expect(tokenizer.vocabSize).toBe(3);
    expect([...tokenizer.encode("ab😀")]).toEqual([0, 1, 2]);
  });

  it("round-trips every text made of its alphabet, also after JSON, also streamed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const tokenizer = tokenizerFromJSON(JSON.parse(JSON.stringify(characterTokenizerFor(text))));
        const tokens = tokenizer.encode(text);
        expect(tokenizer.decode(tokens)).toBe(text);
        const stream = tokenizer.stream();
        expect(Array.from(tokens, (token) => stream.push(token)).join("") + stream.end()).toBe(text);
      }),
    );
  });

  it("names the character that it does not know", () => {
    const tokenizer = characterTokenizer("abc");
    expect(() => tokenizer.encode("abz")).toThrow(
      'text is a text with "z" (U+007A), but must be written in the characters that the tokenizer was made for.',
    );
    expect(() => tokenizer.decode([3])).toThrow("token is 3, but must be 0 to 2.");
  });

  it("refuses alphabets that are none", () => {
    expect(() => characterTokenizer("")).toThrow("characters is empty");
    expect(() => characterTokenizer("aba")).toThrow("repeats a character");
  });
});

describe("tokenizerFromJSON", () => {
  it("makes the tokenizer that was saved", () => {
    expect(tokenizerFromJSON({ type: "bytes" }).vocabSize).toBe(256);
  });

  it.each([undefined, null, 3, {}, { type: "words" }, { type: "characters", characters: 5 }])(
    "refuses %j",
    (json) => {
      expect(() => tokenizerFromJSON(json)).toThrow(/^tokenizer is .*, but must be \{ "type": "bytes" \}/);
    },
  );
});
