import * as fc from "fast-check";
import { expect, it } from "vitest";

import { byteTokenizer } from "./bytes";
import { reserveTokens } from "./reserved";
import { tokenizerFromJSON } from "./tokenizer-from-json";

it("counts as the authors' byte data: 258 tokens, a byte two above itself", () => {
  const tokenizer = reserveTokens(byteTokenizer());
  expect(tokenizer.vocabSize).toBe(258);
  expect(Array.from(tokenizer.encode("A"))).toEqual([67]);
  expect(tokenizer.decode([0, 67, 1, 0])).toBe("A");
  expect(() => tokenizer.decode([258])).toThrow("token is 258, but must be 0 to 257.");
});

it("round-trips, also after JSON, also streamed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 9 }), (text, count) => {
      const saved = JSON.parse(JSON.stringify(reserveTokens(byteTokenizer(), { count })));
      const tokenizer = tokenizerFromJSON(saved);
      const tokens = tokenizer.encode(text);
      expect(tokenizer.decode(tokens)).toBe(text);
      const stream = tokenizer.stream();
      expect(Array.from([0, ...tokens], (token) => stream.push(token)).join("") + stream.end()).toBe(text);
    }),
  );
});

it.each([0, 1.5, -2, null, "2"])("refuses %j tokens to reserve", (count) => {
  const json = { type: "reserved", count, tokenizer: { type: "bytes" } };
  expect(() => tokenizerFromJSON(json)).toThrow("reserved tokens is");
});

it("is not put around itself", () => {
  const json = {
    type: "reserved",
    count: 2,
    tokenizer: { type: "reserved", count: 2, tokenizer: { type: "bytes" } },
  };
  expect(() => tokenizerFromJSON(json)).toThrow(/^tokenizer is /);
});
