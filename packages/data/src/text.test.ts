import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeText, firstInvalidByte, unixLines } from "./text";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("decodeText", () => {
  it("drops a byte order mark and keeps everything else", () => {
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61), "a.txt")).toBe("a");
    expect(decodeText(bytes(0xc3, 0xa9, 13, 10), "a.txt")).toBe("é\r\n");
  });

  it("says where a text stops being UTF-8", () => {
    expect(() => decodeText(bytes(0x61, 0xff), "a.txt")).toThrow(
      "a.txt is not UTF-8 at byte 1, but must be a text in UTF-8.",
    );
  });
});

describe("firstInvalidByte", () => {
  it.each([
    ["a byte that never occurs", bytes(0x61, 0x62, 0xff, 0x63), 2],
    ["a continuation without a lead", bytes(0x61, 0x80), 1],
    ["a lead without its continuation", bytes(0x61, 0xe2, 0x82, 0x61), 1],
    ["a character cut off by the end", bytes(0x61, 0xf0, 0x9f, 0x98), 1],
    ["Latin-1", bytes(0x63, 0x61, 0x66, 0xe9, 0x20, 0x61), 3],
  ])("finds %s", (_, text, offset) => {
    expect(firstInvalidByte(text)).toBe(offset);
  });

  it("is the length of the valid text before a stray byte", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const valid = new TextEncoder().encode(text);
        expect(firstInvalidByte(bytes(...valid, 0xff, 0x61))).toBe(valid.length);
      }),
    );
  });
});

describe("unixLines", () => {
  it("ends every line in LF", () => {
    expect(unixLines("a\r\nb\rc\nd")).toBe("a\nb\nc\nd");
  });
});
