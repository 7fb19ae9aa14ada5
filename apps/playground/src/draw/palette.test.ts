import { expect, it } from "vitest";
import { bucketFills, bucketLook, canvasColours } from "./palette";

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (a: string, b: string) => {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

it("tells all sixteen buckets apart by hue or stripes", () => {
  const looks = Array.from({ length: 16 }, (_, bucket) => bucketLook(bucket, 16, "light"));
  expect(new Set(looks.map(({ fill, isOpposite }) => `${fill}${isOpposite}`)).size).toBe(16);
});

it("has a look for every bucket, however many there are", () => {
  for (let bucket = 0; bucket < 64; bucket++) {
    expect(bucketLook(bucket, 64, "light").fill).toMatch(/^#[\da-f]{6}$/);
    expect(bucketLook(bucket, 64, "light").isOpposite).toBe(bucket >= 32);
  }
});

it("gives opposite directions one hue", () => {
  const [one, opposite] = [bucketLook(1, 8, "dark"), bucketLook(5, 8, "dark")];
  expect([one.fill, one.isOpposite, opposite.fill, opposite.isOpposite]).toEqual([
    one.fill,
    false,
    one.fill,
    true,
  ]);
});

it("keeps dark letters legible on every fill, and ink visible on paper", () => {
  for (const fill of bucketFills) expect(contrast(fill, "#14161b")).toBeGreaterThan(4.5);
  for (const theme of ["light", "dark"] as const) {
    for (let bucket = 0; bucket < 8; bucket++) {
      expect(contrast(bucketLook(bucket, 16, theme).ink, canvasColours[theme].paper)).toBeGreaterThan(3);
    }
  }
});
