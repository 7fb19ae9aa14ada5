import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { colourBytes, greys, paletteCode } from "./pixel-code";

const shipped: string[] = JSON.parse(
  readFileSync(new URL("../../../assets/emoji/palette.json", import.meta.url), "utf8"),
);

it.each([
  ["bytes", colourBytes, 256],
  ["greys", greys, 256],
  ["the shipped palette", paletteCode(shipped), shipped.length],
] as const)("%s come back as they were", (_, code, tokens) => {
  const pixel = fc.uint8Array({
    max: tokens - 1,
    minLength: code.tokensPerPixel,
    maxLength: code.tokensPerPixel,
  });
  fc.assert(
    fc.property(fc.array(pixel), (pixels) => {
      const all = Uint8Array.from(pixels.flatMap((one) => [...one]));
      expect(code.encode(code.decode(all))).toEqual(all);
    }),
  );
});

it("takes the nearest colour, and white for a number without one", () => {
  const code = paletteCode(["#000000", "#ff0000"]);
  expect([...code.encode(Uint8Array.of(200, 10, 10, 3, 2, 1))]).toEqual([1, 0]);
  expect([...code.decode(Uint8Array.of(1, 77))]).toEqual([255, 0, 0, 255, 255, 255]);
});
