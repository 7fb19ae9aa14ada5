import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c";

describe("crc32c", () => {
  // RFC 3720, B.4, and the check value that the catalogue of checksums gives for "123456789".
  it.each([
    ["nine digits", new TextEncoder().encode("123456789"), 0xe3069283],
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["counting up", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("of %s", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it("is turned by 15 bits and moved when masked", () => {
    expect(maskedCrc32c(new Uint8Array(32))).toBe(0x0fd7fffa);
  });
});
