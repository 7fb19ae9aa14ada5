import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeUnfinished, writeFileAtomically, writeFolderAtomically } from "./atomic";
import { writing } from "./file-errors";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "reformer-atomic-"))));
afterEach(() => rmSync(folder, { recursive: true }));

describe("writeFolderAtomically", () => {
  it("writes every file, and replaces a whole folder", () => {
    const path = join(folder, "step");
    writeFolderAtomically(path, { a: "1", b: Uint8Array.of(1, 2) });
    writeFolderAtomically(path, { c: "3" });
    expect(readdirSync(path)).toEqual(["c"]);
    expect(readFileSync(join(path, "c"), "utf8")).toBe("3");
    expect(readdirSync(folder)).toEqual(["step"]);
  });

  it("leaves the old folder and nothing else when it cannot write the new one", () => {
    const path = join(folder, "step");
    writeFolderAtomically(path, { a: "1" });
    expect(() => writeFolderAtomically(path, { a: "2", ["x".repeat(300)]: "3" })).toThrow(
      "is too long a name, but must be shorter",
    );
    expect(readFileSync(join(path, "a"), "utf8")).toBe("1");
    expect(readdirSync(folder)).toEqual(["step"]);
  });
});

describe("writeFileAtomically", () => {
  it("says in one sentence what the file system refuses", () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "sub"));
    expect(() => writeFileAtomically(join(folder, "file", "below"), "x")).toThrow(
      "is inside of a file, but must be inside of a folder.",
    );
    expect(() => writeFileAtomically(join(folder, "sub"), "x")).toThrow(
      "is a folder, but must be a file, or new.",
    );
  });
});

describe("writing", () => {
  it.each([
    ["ENOSPC", "out is on a full disk"],
    ["EROFS", "out is on a read-only file system"],
    ["EACCES", "out is not yours to write"],
    ["EDQUOT", "out is beyond your disk quota"],
  ])("explains %s", (code, message) => {
    const refuse = () => {
      throw Object.assign(new Error("refused"), { code });
    };
    expect(() => writing("out", refuse)).toThrow(message);
  });

  it("leaves other errors alone", () => {
    expect(() =>
      writing("out", () => {
        throw new TypeError("a fault");
      }),
    ).toThrow(TypeError);
  });
});

describe("removeUnfinished", () => {
  it("removes what a killed writer left, and nothing else", () => {
    mkdirSync(join(folder, ".unfinished-1-2"));
    mkdirSync(join(folder, "step-00000001"));
    removeUnfinished(folder);
    expect(readdirSync(folder)).toEqual(["step-00000001"]);
    expect(existsSync(join(folder, ".unfinished-1-2"))).toBe(false);
  });
});
