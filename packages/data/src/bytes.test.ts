import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { byteTokenizer } from "./bytes";

const tokenizer = byteTokenizer();
const wellFormed = fc.string({ unit: "binary" });

describe("byteTokenizer", () => {
  it("is UTF-8, byte for byte", () => {
    expect([...tokenizer.encode("né€😀")]).toEqual([
      0x6e, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80,
    ]);
  });

  it("decodes what it encoded, a byte order mark included", () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
    expect(tokenizer.decode(tokenizer.encode("\uFEFFa"))).toBe("\uFEFFa");
  });

  it("streams the text that it decodes at once, whole characters at a time", () => {
    const anyBytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(anyBytes, (tokens) => {
        const stream = tokenizer.stream();
        const pieces = Array.from(tokens, (token) => stream.push(token));
        expect(pieces.join("") + stream.end()).toBe(tokenizer.decode(tokens));
      }),
    );
    const stream = tokenizer.stream();
    expect([0xe2, 0x82, 0xac].map((token) => stream.push(token))).toEqual(["", "", "€"]);
  });

  it("refuses what is no byte", () => {
    for (const token of [256, -1, 0.5]) {
      expect(() => tokenizer.decode([token])).toThrow(`token is ${token}, but must be 0 to 255.`);
      expect(() => tokenizer.stream().push(token)).toThrow("0 to 255");
    }
  });
});
