/** How a model reads pixels: a colour of a palette each, or a grey, or a byte each for red, green and blue. */

export interface PixelCode {
  tokensPerPixel: number;
  /** @param pixels red, green, blue, … */
  encode(pixels: Uint8Array): Uint8Array;
  /** The reverse, as near as the code can tell. */
  decode(tokens: Uint8Array): Uint8Array;
}

export const colourBytes: PixelCode = {
  tokensPerPixel: 3,
  encode: (pixels) => pixels.slice(),
  decode: (tokens) => tokens.slice(),
};

/** @param palette colours as `#rrggbb`, at most 256 */
export function paletteCode(palette: readonly string[]): PixelCode {
  const colours = palette.map((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)));
  const numbers = new Map<number, number>();
  const numberOf = (red: number, green: number, blue: number): number => {
    const key = (red << 16) | (green << 8) | blue;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    // Weighted as eyes are: they see green best.
    const far = colours.map(
      ([r, g, b]) => 2 * (red - r!) ** 2 + 4 * (green - g!) ** 2 + 3 * (blue - b!) ** 2,
    );
    const nearest = far.indexOf(Math.min(...far));
    numbers.set(key, nearest);
    return nearest;
  };
  return {
    tokensPerPixel: 1,
    encode: (pixels) =>
      Uint8Array.from({ length: pixels.length / 3 }, (_, i) =>
        numberOf(pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!),
      ),
    // A number that the palette does not have is white, as every background is.
    decode: (tokens) => Uint8Array.from([...tokens].flatMap((token) => colours[token] ?? [255, 255, 255])),
  };
}

/** 256 greys. */
export const greys = paletteCode(
  Array.from({ length: 256 }, (_, i) => `#${i.toString(16).padStart(2, "0").repeat(3)}`),
);
