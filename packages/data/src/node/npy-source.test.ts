import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { npyHeader } from "../npy";
import { openNpySource, writeNpyTokens } from "./npy-source";

const { path: folder, write } = temporaryFolder();
const file = join(folder, "tokens.npy");

describe("tokens in .npy files", () => {
  it("come back in any part as they were written in any pieces", () => {
    const vocabulary = fc.constantFrom(200, 256, 257, 65_536, 65_537, 2 ** 31 - 1);
    fc.assert(
      fc.property(vocabulary, fc.array(fc.array(fc.nat())), fc.nat(), (vocabSize, raw, cut) => {
        const pieces = raw.map((piece) => piece.map((token) => token % vocabSize));
        const all = pieces.flat();
        expect(writeNpyTokens(file, pieces, { vocabSize })).toBe(all.length);
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
        for (const path of [file, `${file}.gz`]) {
          const source = openNpySource(path);
          const start = cut % (all.length + 1);
          expect(source.shape).toEqual([all.length]);
          expect(Array.from(source.read(start, all.length - start))).toEqual(all.slice(start));
          source.close();
        }
      }),
    );
  });

  it("take one, two or four bytes each, as the vocabulary needs", () => {
    for (const [vocabSize, size] of [
      [256, 1],
      [65_536, 2],
      [65_537, 4],
    ] as const) {
      writeNpyTokens(file, [[1, 2, 3]], { vocabSize });
      expect(readFileSync(file)).toHaveLength(128 + 3 * size);
    }
  });

  it("leave no file behind when one of them is none", () => {
    const path = join(folder, "new/bad.npy");
    expect(() => writeNpyTokens(path, [[1], [2, 300]], { vocabSize: 256 })).toThrow(
      "tokens is 300 at position 2, but must be integers from 0 to 255.",
    );
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(join(folder, "new"))).toEqual([]);
  });

  it("are refused where they are read, when a number is no token", () => {
    const values = new Uint8Array(Int32Array.of(5, -1).buffer);
    const source = openNpySource(write("negative.npy", Buffer.concat([npyHeader("<i4", [2]), values])));
    expect(Array.from(source.read(0, 1))).toEqual([5]);
    expect(() => source.read(1, 1)).toThrow("negative.npy is an array with -1 at position 1");
    source.close();
  });
});
