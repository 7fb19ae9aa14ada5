import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { decodeImage } from "../images";
import { records } from "../records";
import { readEmoji, splitEmoji } from "./emoji";
import { readImages } from "./image-folder";
import { readBytes } from "./read-bytes";

const samples = join(import.meta.dirname, "../../test/samples");
const { path: folder, write } = temporaryFolder();

describe("readImages", () => {
  it("makes records that are the images, in the order of their names", () => {
    const size = { height: 64, width: 64, channels: 3 as const };
    const emoji = readImages(join(samples, "emoji"), size);
    expect(emoji.names).toEqual(["1f44d-1f3fb.png", "1f44d.png", "1f600.png", "2764-fe0f.png"]);
    const images = records(emoji.source, { length: 12_288 });
    const smile = join(samples, "emoji/1f600.png");
    expect(images.count).toBe(4);
    expect(Uint8Array.from(images.example(2).targets)).toEqual(decodeImage(readBytes(smile), smile).data);
  });

  it("makes every image the same size, whatever its format", () => {
    const { source, names } = readImages(join(samples, "formats"), { height: 8, width: 4, channels: 1 });
    expect(names).toHaveLength(readdirSync(join(samples, "formats")).length);
    expect(source.read(0, source.length)).toHaveLength(names.length * 32);
  });

  it("names the file that cannot be read", () => {
    const size = { height: 8, width: 8, channels: 3 as const };
    const path = write("bad/a.png", "no image");
    expect(() => readImages(join(folder, "bad"), size).source.read(0, 1)).toThrow(
      `${path} is neither PNG nor JPEG`,
    );
    mkdirSync(join(folder, "none"));
    expect(() => readImages(join(folder, "none"), size)).toThrow(
      "must be a folder with .png, .jpg, .jpeg files",
    );
  });
});

describe("emoji", () => {
  it("keeps all variants of an emoji on one side, and every tenth emoji held out", () => {
    const names = Array.from({ length: 30 }, (_, i) => (0x1f600 + i).toString(16)).flatMap((code) => [
      `${code}.png`,
      `${code}-1f3fb.png`,
      `${code}-200d-2642-fe0f.png`,
    ]);
    const { train, heldOut } = splitEmoji(names);
    expect([train.length, heldOut.length]).toEqual([81, 9]);
    const heldOutCodes = new Set(heldOut.map((name) => name.slice(0, 5)));
    expect(train.filter((name) => heldOutCodes.has(name.slice(0, 5)))).toEqual([]);
  });

  it("reads the installed package, and says how to install it", () => {
    const size = { height: 16, width: 16, channels: 3 as const };
    expect(() => readEmoji(size, { from: folder })).toThrow(
      "emoji-datasource-google is not installed, but must be installed: npm install emoji-datasource-google.",
    );
    const installed = join(folder, "node_modules/emoji-datasource-google");
    write("node_modules/emoji-datasource-google/package.json", "{}");
    mkdirSync(join(installed, "img/google/64"), { recursive: true });
    const source = join(samples, "emoji/1f600.png");
    for (let i = 0; i < 10; i++) copyFileSync(source, join(installed, `img/google/64/1f60${i}.png`));
    const { train, heldOut } = readEmoji(size, { from: folder });
    expect([train.names.length, heldOut.names]).toEqual([9, ["1f609.png"]]);
    expect(heldOut.source.read(0, 768)).toEqual(train.source.read(0, 768));
  });
});
