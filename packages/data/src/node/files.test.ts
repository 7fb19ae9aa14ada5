import { mkdtempSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { byteTokenizer } from "../bytes";
import { openByteSource } from "./byte-source";
import { listFiles } from "./list-files";
import { readBytes } from "./read-bytes";
import { readText } from "./read-text";

const { path: folder, write } = temporaryFolder();
const tokensIn = (path: string) => {
  const source = openByteSource(path);
  try {
    return source.read(0, source.length);
  } finally {
    source.close();
  }
};

describe("files", () => {
  it("reads a text, packed or not, marked or not, as the same tokens either way", () => {
    const text = "Raskolnikov – né 1843\n";
    const packed = gzipSync(text);
    for (const content of [text, `\uFEFF${text}`, packed, gzipSync(`\uFEFF${text}`)]) {
      const path = write("text", content);
      expect(readText(path)).toBe(text);
      expect(tokensIn(path)).toEqual(byteTokenizer().encode(text));
    }
    expect(new TextDecoder().decode(readBytes(write("no-ending", packed)))).toBe(text);
  });

  it("reads a folder in one order, hidden files and links left out", () => {
    write("corpus/b.txt", "second");
    write("corpus/a/z.txt", "first");
    write("corpus/.hidden", "never");
    symlinkSync(join(folder, "corpus/b.txt"), join(folder, "corpus/c.txt"));
    const corpus = join(folder, "corpus");
    expect(listFiles(corpus)).toEqual([join(corpus, "a/z.txt"), join(corpus, "b.txt")]);
    expect(readText(corpus)).toBe("first\n\nsecond");
    expect(tokensIn(corpus)).toEqual(byteTokenizer().encode("first\n\nsecond"));
    expect(listFiles(corpus, { endings: [".TXT"] })).toHaveLength(2);
    expect(() => listFiles(corpus, { endings: [".png"] })).toThrow("must be a folder with .png files");
  });

  it("reads any part of a file", () => {
    const path = write(
      "numbers",
      Uint8Array.from({ length: 128 }, (_, i) => i),
    );
    const source = openByteSource(path);
    fc.assert(
      fc.property(fc.nat({ max: 128 }), fc.nat({ max: 128 }), (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect([...source.read(start, end - start)]).toEqual(
          Array.from({ length: end - start }, (_, i) => start + i),
        );
      }),
    );
    source.close();
  });

  it("finds a bad byte beyond the first megabyte, also in a character that lies across it", () => {
    const long = new Uint8Array(2 ** 20 + 100).fill(0x61);
    long.set([0xe2, 0x82, 0xff], 2 ** 20 - 2);
    expect(() => openByteSource(write("split", long))).toThrow(`is not UTF-8 at byte ${2 ** 20 - 2},`);
    long.set([0xe2, 0x82, 0xac], 2 ** 20 - 2);
    expect(tokensIn(write("split", long))).toHaveLength(long.length);
    long[2 ** 20 + 50] = 0xff;
    expect(() => openByteSource(write("split", long))).toThrow(`is not UTF-8 at byte ${2 ** 20 + 50},`);
    expect(() => openByteSource(write("cut", Uint8Array.of(0x61, 0xe2, 0x82)))).toThrow(
      "is not UTF-8 at byte 1,",
    );
  });

  it("notices that a file has shrunk", () => {
    const path = write("shrinking", "a long enough text");
    const source = openByteSource(path);
    truncateSync(path, 4);
    expect(() => source.read(0, 10)).toThrow("is shorter than when it was opened");
    source.close();
  });

  it("says in a sentence what is wrong with a path", () => {
    const cases: [path: string, sentence: string][] = [
      [join(folder, "absent"), "is missing, but must be"],
      [write("empty", ""), "is empty, but must be a file with content."],
      [write("only-mark", "\uFEFF"), "is empty, but must be a file with content."],
      [
        write("latin", Uint8Array.of(0x63, 0xe9, 0x20)),
        "is not UTF-8 at byte 1, but must be a text in UTF-8.",
      ],
      [
        write("cut.gz", gzipSync("some text").subarray(0, 20)),
        "is damaged gzip, but must be a complete gzip file.",
      ],
      [join(write("file", "x"), "below"), "is inside something that is not a folder"],
      [
        mkdtempSync(join(folder, "nothing-")),
        "is a folder without such files, but must be a folder with files.",
      ],
    ];
    for (const [path, sentence] of cases) {
      expect(() => readText(path)).toThrow(`${path} ${sentence}`);
      expect(() => openByteSource(path)).toThrow(`${path} ${sentence}`);
    }
  });

  it("unpacks no more than it is allowed to", () => {
    const bomb = write("bomb.gz", gzipSync(new Uint8Array(2 ** 20)));
    expect(() => readBytes(bomb, { maxBytes: 2 ** 16 })).toThrow("is more than 65536 bytes");
    expect(() => readBytes(write("large", new Uint8Array(100)), { maxBytes: 99 })).toThrow(
      "is more than 99 bytes",
    );
    expect(readBytes(bomb)).toHaveLength(2 ** 20);
  });
});
