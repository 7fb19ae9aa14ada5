import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { npyHeader, parseNpy, parseNpyHeader, type NpyType } from "./npy";
import { tokensOfArray } from "./numeric-array";

const file = (type: NpyType, shape: number[], values: ArrayBufferView) =>
  Uint8Array.from([
    ...npyHeader(type, shape),
    ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);

/** What numpy 2 itself wrote for `np.save(f, np.array([[1, 2, 300], [4, 5, 6]], dtype="<u2"))`. */
const numpyFile = Uint8Array.from(
  [
    [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0],
    Array.from(
      new TextEncoder().encode(
        `${"{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117, " ")}\n`,
      ),
    ),
    [1, 0, 2, 0, 0x2c, 1, 4, 0, 5, 0, 6, 0],
  ].flat(),
);

describe("npy", () => {
  it("reads what numpy writes, and writes it the same", () => {
    expect(parseNpy(numpyFile, "a.npy")).toEqual({ shape: [2, 3], data: Uint16Array.of(1, 2, 300, 4, 5, 6) });
    expect(file("<u2", [2, 3], Uint16Array.of(1, 2, 300, 4, 5, 6))).toEqual(numpyFile);
  });

  it("round-trips every type of whole number", () => {
    const arrays: [NpyType, fc.Arbitrary<ArrayBufferView & { length: number }>][] = [
      ["|u1", fc.uint8Array()],
      ["|i1", fc.int8Array()],
      ["<u2", fc.uint16Array()],
      ["<i2", fc.int16Array()],
      ["<u4", fc.uint32Array()],
      ["<i4", fc.int32Array()],
    ];
    for (const [type, values] of arrays) {
      fc.assert(
        fc.property(values, (data) => {
          expect(parseNpy(file(type, [data.length], data), "a.npy")).toEqual({ shape: [data.length], data });
        }),
      );
    }
  });

  it("narrows numbers of eight bytes to tokens, or says which is none", () => {
    expect(parseNpy(file("<i8", [2], BigInt64Array.of(7n, 2147483647n)), "a.npy").data).toEqual(
      Int32Array.of(7, 2147483647),
    );
    expect(() => parseNpy(file("<i8", [2], BigInt64Array.of(7n, -1n)), "a.npy")).toThrow(
      "a.npy is an array with -1 at position 1, but must be one of tokens",
    );
    expect(() => parseNpy(file("<u8", [1], BigUint64Array.of(2n ** 40n)), "a.npy")).toThrow("1099511627776");
  });

  it("begins values at a multiple of 64, whatever the shape", () => {
    for (const shape of [
      [0],
      [123456789],
      [1, 2, 3, 4, 5, 6, 7, 8],
      Array.from({ length: 40 }, () => 1234),
    ]) {
      const header = npyHeader("|u1", shape);
      expect(header.length % 64).toBe(0);
      expect(parseNpyHeader(header, "a.npy")).toEqual({ type: "|u1", shape, start: header.length });
    }
  });
});

describe("tokensOfArray", () => {
  it("gives tokens of any type, and refuses what is none", () => {
    const tokens = tokensOfArray({ shape: [3], data: Int16Array.of(3, 4, 5) }, "a.npy");
    expect(Array.from(tokens.read(1, 2))).toEqual([4, 5]);
    expect(() => tokensOfArray({ shape: [2], data: Int8Array.of(1, -2) }, "a.npy")).toThrow(
      "-2 at position 1",
    );
    expect(() => tokensOfArray({ shape: [1], data: Uint32Array.of(2 ** 31) }, "a.npy")).toThrow("2147483648");
  });
});
