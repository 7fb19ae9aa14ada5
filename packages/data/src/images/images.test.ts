import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

import { encode } from "fast-png";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  contactSheet,
  createImage,
  decodeImage,
  decodePng,
  encodePng,
  fit,
  imageOf,
  resize,
  toColor,
  toGray,
  type Image,
} from ".";

const test = join(import.meta.dirname, "../../test");
const golden = JSON.parse(readFileSync(join(test, "golden/images.json"), "utf8")) as {
  opaque: Record<string, { mode: string; sha256: string }>;
  gray: string;
  onWhite: number[];
  jpeg: Record<string, number[]>;
  box: Record<string, number[]>;
};
const read = (file: string) => decodeImage(readFileSync(join(test, "samples", file)), file);
const sha256 = ({ data }: Image) => createHash("sha256").update(data).digest("hex");
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
const mean = ({ data }: Image) => data.reduce((sum, value) => sum + value, 0) / data.length;
const rows = ({ data }: Image) => data.subarray(3 * 64 * 20, 3 * 64 * 22);

const anyImage = fc
  .record({
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.uint8Array({ minLength: 432, maxLength: 432 }),
  })
  .map(({ seed, ...size }): Image => ({
    ...size,
    data: seed.slice(0, size.height * size.width * size.channels),
  }));

describe("PNG", () => {
  it("gives what Pillow gives, on white where it is transparent", () => {
    const smile = read("emoji/1f600.png");
    expect([smile.height, smile.width, smile.channels]).toEqual([64, 64, 3]);
    expect(furthest(rows(smile), golden.onWhite)).toBeLessThanOrEqual(1);
  });

  it.each(Object.entries(golden.opaque))("reads %s byte for byte", (file, { sha256: expected }) => {
    expect(sha256(read(file))).toBe(expected);
  });

  it("reads 16 bits, grey with alpha, and palettes with transparency as the same picture", () => {
    expect(sha256(read("formats/sixteen-bit.png"))).toBe(golden.gray);
    expect(furthest(read("formats/gray-alpha.png").data, read("formats/gray.png").data)).toBeLessThanOrEqual(
      2,
    );
    expect(furthest(rows(read("formats/palette-alpha.png")), golden.onWhite)).toBeLessThan(40);
  });

  it("comes back from the file that was written, interlaced or not", () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(decodePng(encodePng(image), "p.png")).toEqual(image);
        expect(decodePng(encode(image, { interlace: "Adam7" }), "p.png")).toEqual(image);
      }),
    );
  });
});

describe("JPEG", () => {
  it.each(Object.entries(golden.jpeg))(
    "%s is what libjpeg makes of it, but for rounding",
    (file, expected) => {
      expect(furthest(rows(read(`formats/${file}`)), expected)).toBeLessThanOrEqual(4);
    },
  );
});

describe("sizes", () => {
  it.each(Object.entries(golden.box))("the box filter makes Pillow's %s pixels", (size, expected) => {
    const small = resize(read("emoji/1f600.png"), { height: Number(size), width: Number(size) });
    expect(furthest(small.data, expected)).toBeLessThanOrEqual(1);
  });

  it("keeps the mean of an image, but for rounding", () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(anyImage, size, size, (image, height, width) => {
        const other = resize(toGray(image), { height, width });
        expect(Math.abs(mean(other) - mean(toGray(image)))).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it("keeps a uniform image uniform, whatever the size", () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, size, size, fc.nat({ max: 255 }), (height, width, toHeight, toWidth, value) => {
        const image: Image = { height, width, channels: 1, data: new Uint8Array(height * width).fill(value) };
        const other = resize(image, { height: toHeight, width: toWidth });
        expect(other.data).toEqual(new Uint8Array(toHeight * toWidth).fill(value));
      }),
    );
  });

  it("fits by cropping the middle, never by stretching", () => {
    const wide: Image = {
      height: 2,
      width: 6,
      channels: 1,
      data: Uint8Array.of(9, 9, 1, 2, 9, 9, 9, 9, 3, 4, 9, 9),
    };
    expect(fit(wide, { height: 2, width: 2, channels: 1 }).data).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(fit(wide, { height: 1, width: 1, channels: 3 }).data).toEqual(Uint8Array.of(3, 3, 3));
  });

  it("turns grey to colour and back", () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(toGray(toColor(toGray(image)))).toEqual(toGray(image));
      }),
    );
  });
});

describe("imageOf", () => {
  it("is the image of the tokens", () => {
    const size = { height: 1, width: 2, channels: 1 as const };
    expect(imageOf([1, 255], size).data).toEqual(Uint8Array.of(1, 255));
    expect(() => imageOf([1], size)).toThrow("image is 1 tokens, but must be [1, 2, 1], 2 tokens.");
    expect(() => imageOf([1, 256], size)).toThrow("image is a token of 256, but must be bytes.");
  });
});

describe("contactSheet", () => {
  it("puts images on white, a gap around each", () => {
    const [black, grey] = [0, 100].map((value): Image => ({
      height: 1,
      width: 1,
      channels: 1,
      data: Uint8Array.of(value),
    })) as [Image, Image];
    const sheet = contactSheet([[black, grey], [grey]], { gap: 1 });
    expect([sheet.height, sheet.width]).toEqual([5, 5]);
    const reds = Array.from({ length: 25 }, (_, i) => sheet.data[3 * i]);
    const expected = [
      [255, 255, 255, 255, 255],
      [255, 0, 255, 100, 255],
      [255, 255, 255, 255, 255],
      [255, 100, 255, 255, 255],
      [255, 255, 255, 255, 255],
    ];
    expect(reds).toEqual(expected.flat());
  });

  it("refuses nothing and unequal sizes", () => {
    expect(() => contactSheet([])).toThrow("images is none");
    const [narrow, wide] = [1, 2].map((width) => createImage({ height: 1, width, channels: 1 })) as [
      Image,
      Image,
    ];
    expect(() => contactSheet([[narrow, wide]])).toThrow("images is of several sizes");
  });
});
