import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { npyHeader } from "../npy";
import { openImages } from "./open-images";

const emoji = join(import.meta.dirname, "../../test/samples/emoji");
const { write } = temporaryFolder();
const colour = { height: 2, width: 2, channels: 3 } as const;
const values = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
const npy = (shape: number[]) => Uint8Array.from([...npyHeader("|u1", shape), ...values]);
const pixels = (path: string, size: Parameters<typeof openImages>[1] = colour) => {
  const { source, names } = openImages(path, size);
  const read = source.read(0, source.length);
  source.close();
  return { read: [...read], names };
};

describe("openImages", () => {
  it("reads arrays as they are, compressed or not", () => {
    const path = write("a.npy", npy([2, 2, 2, 3]));
    expect(pixels(path)).toEqual({ read: [...values], names: ["0", "1"] });
    expect(pixels(write("a.npy.gz", gzipSync(npy([2, 2, 2, 3])))).read).toEqual([...values]);
  });

  it("reads grey images, of IDX and npy, and makes them colour where colour is wanted", () => {
    const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 2, ...values]);
    const path = write("images-idx3-ubyte.gz", gzipSync(idx));
    expect(pixels(path, { ...colour, channels: 1 }).read).toEqual([...values]);
    expect(pixels(path).read.slice(0, 6)).toEqual([0, 0, 0, 10, 10, 10]);
    expect(pixels(write("grey.npy", npy([6, 2, 2])), { ...colour, channels: 1 }).read).toEqual([...values]);
  });

  it("brings images to the size that is asked for", () => {
    const { read, names } = pixels(emoji, { height: 5, width: 7, channels: 3 });
    expect(read).toHaveLength(names.length * 105);
    const one = pixels(write("b.npy", npy([2, 2, 2, 3])), { height: 1, width: 1, channels: 3 });
    expect(one.read).toEqual([45, 55, 65, 165, 175, 185]);
    expect(pixels(join(emoji, "1f600.png")).names).toEqual(["1f600.png"]);
  });

  it.each([
    ["flat.npy", npy([24]), "an array of shape [24], but must be images"],
    ["four.npy", npy([1, 3, 2, 4]), "an array of shape [1, 3, 2, 4]"],
    ["none.npy", npyHeader("|u1", [0, 2, 2]), "an array of shape [0, 2, 2]"],
    ["text.npy", readFileSync(import.meta.filename), "not an .npy file"],
    ["idx1-ubyte", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5), "an array of shape [1]"],
    ["notes.txt", new TextEncoder().encode("hello"), "neither PNG nor JPEG"],
  ])("refuses %s", (name, bytes, message) => {
    expect(() => pixels(write(name, bytes))).toThrow(message);
  });
});
