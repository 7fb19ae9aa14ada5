import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteTokens } from "./byte-tokens";

describe.each([
  [256, 0],
  [258, 2],
])("the bytes of a vocabulary of %i", (vocabSize, offset) => {
  const tokens = byteTokens({ vocabSize });

  it(`are counted from ${offset}, and come back`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const encoded = tokens.encode(bytes);
        expect([...encoded]).toEqual([...bytes].map((byte) => byte + offset));
        expect([...encoded].map(tokens.byteOf)).toEqual([...bytes]);
        expect(tokens.source(bytes).read(0, bytes.length)).toEqual(encoded);
      }),
    );
  });

  it("leave out of a text what is none of them", () => {
    const others = Array.from({ length: vocabSize }, (_, token) => token).filter(
      (token) => token < offset || token >= 256 + offset,
    );
    expect(others.map(tokens.byteOf)).toEqual(others.map(() => undefined));
    expect(tokens.decode([...others, ...tokens.encode(new TextEncoder().encode("né€")), ...others])).toBe(
      "né€",
    );
  });
});

it("refuses vocabularies that are no bytes", () => {
  for (const vocabSize of [20, 255, 257, 320, 50_257]) {
    expect(() => byteTokens({ vocabSize })).toThrow(
      `the model is one of ${vocabSize} tokens, but must be one whose tokens are bytes`,
    );
  }
  expect(() => byteTokens({ vocabSize: 256 }, "tokenizer.json")).toThrow("those of tokenizer.json");
});
