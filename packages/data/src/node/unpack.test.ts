import { gzipSync } from "node:zlib";

import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import { unpack } from "./unpack";

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const text = (content: Uint8Array) => new TextDecoder().decode(content);

/** Two streams in one file, as Wikipedia's dumps come; made with Python's bz2. */
const bzip2 = bytes(
  "QlpoOTFBWSZTWaGo8igAAAHBlAAQIgEBAAAAiAAgACIYAhgCmpbhdyRThQkKGo8igEJaaDkxQVkmU1mEUpCUAAAF0YAAEEAALgOcACAAIgDQ0EDQNAUEvThPHh4u5IpwoSEIpSEo",
);
/** A megabyte of zeros in 45 bytes. */
const bzip2Bomb = bytes("QlpoOTFBWSZTWThXHOUACAhAAMAEAAggADDMBSmmCAbEIB4u5IpwoSBwrjnK");
const megabyte = 2 ** 20;

describe("unpack", () => {
  it("reads gzip, bzip2 and zip, and lets everything else be", () => {
    expect(text(unpack("f", gzipSync("naïve"), 99))).toBe("naïve");
    expect(text(unpack("f", bzip2, 99))).toBe("naïve\nsecond stream\n");
    expect(
      text(unpack("f", zipSync({ "folder/": new Uint8Array(), "folder/a.txt": strToU8("naïve") }), 99)),
    ).toBe("naïve");
    expect(text(unpack("f", strToU8("BZ is no bzip2"), 99))).toBe("BZ is no bzip2");
  });

  it.each([
    ["gzip", gzipSync(new Uint8Array(megabyte))],
    ["bzip2", bzip2Bomb],
    ["zip", zipSync({ bomb: new Uint8Array(megabyte) })],
  ])("unpacks %s to no more than it may", (_, bomb) => {
    expect(unpack("f", bomb, megabyte)).toHaveLength(megabyte);
    expect(() => unpack("f", bomb, megabyte - 1)).toThrow(
      "f is more than 1048575 bytes, but must be at most that many in memory.",
    );
  });

  it("does not believe a zip archive that says it is small", () => {
    const lying = zipSync({ bomb: new Uint8Array(megabyte) });
    const view = new DataView(lying.buffer, lying.byteOffset, lying.byteLength);
    const directory = lying.length - 22 - 50;
    expect(view.getUint32(directory, true)).toBe(0x02014b50);
    view.setUint32(directory + 24, 10, true);
    expect(() => unpack("f", lying, 1000)).toThrow("f is damaged zip, but must be a complete zip file.");
  });

  it("notices a zip archive whose content has changed", () => {
    const stored = zipSync({ a: strToU8("content") }, { level: 0 });
    expect(text(unpack("f", stored, 99))).toBe("content");
    stored[stored.indexOf("c".charCodeAt(0))]! ^= 1;
    expect(() => unpack("f", stored, 99)).toThrow("f is damaged zip");
  });

  it("takes a zip archive of one file only", () => {
    expect(() => unpack("f", zipSync({ a: strToU8("a"), b: strToU8("b") }), 99)).toThrow(
      "f is a zip archive of 2 files, but must be one that holds one file.",
    );
    expect(() => unpack("f", zipSync({ "a/": new Uint8Array() }), 99)).toThrow("a zip archive of 0 files");
  });
});
