/** A picture of 8 x 8 pixels as a sequence: row by row, every pixel the vector of its colour. */
import { deriveSeed, Random } from "@reformer-ts/internal-random";

const rows = ["bbbbbbbb", "bRRbbRRb", "RRRRRRRR", "RRRYYRRR", "bRRYYRRb", "ggRRRRgg", "gggRRggg", "gggggggg"];

/** Letter of a pixel, and its colour: red, green, blue, -1 to 1 around grey. */
const colours: Record<string, readonly [number, number, number]> = {
  b: [-0.4, 0.2, 0.9],
  R: [0.9, -0.7, -0.5],
  Y: [0.9, 0.7, -0.8],
  g: [-0.6, 0.7, -0.5],
};

export const spriteSide = rows.length;
export const spriteLetters = [...rows.join("")];
export const spriteDepth = 3;
/** No two pixels of a photograph are quite the same. */
const unevenness = 0.2;

/** `[64, 3]`, every row of length `sharpness`. */
export function spriteVectors(sharpness: number, seed: number): Float32Array {
  const noise = Random.fromSeed(deriveSeed(seed, "pixels")).normals(spriteLetters.length * spriteDepth);
  return Float32Array.from(
    spriteLetters.flatMap((letter, i) => {
      const pixel = colours[letter]!.map((value, c) => value + unevenness * noise[i * spriteDepth + c]!);
      const norm = Math.hypot(...pixel);
      return pixel.map((value) => (sharpness * value) / norm);
    }),
  );
}

/** As style sheets write it. */
export function spriteColour(letter: string): string {
  return `rgb(${colours[letter]!.map((value) => Math.round(127.5 * (value + 1))).join(" ")})`;
}
