/** PNG in and out (fast-png): whatever depth, palette or transparency a file has, bytes of grey or colour come out. */

import { InputError } from "@reformer-ts/internal-checks";
import { convertIndexedToRgb, decode, encode, type DecodedPng } from "fast-png";

import type { Image } from "./image";
import { damaged, essentialPng, isPng } from "./png-chunks";

/**
 * What is transparent shows white behind it; samples of 16 bits keep their upper 8.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no PNG image, a damaged one, or one beyond the bounds
 */
export function decodePng(bytes: Uint8Array, name: string): Image {
  if (!isPng(bytes)) throw new InputError({ field: name, given: "not a PNG image", allowed: "one" });
  const essential = essentialPng(bytes, name);
  try {
    return flatten(decode(essential, { checkCrc: true }));
  } catch (error) {
    throw damaged(name, `damaged inside (${error instanceof Error ? error.message : String(error)})`);
  }
}

/**
 * An image as a PNG file.
 *
 * @returns the bytes of a PNG file
 */
export function encodePng({ height, width, channels, data }: Image): Uint8Array {
  return encode({ height, width, channels, depth: 8, data });
}

/** On white, in grey or colour, of 8 bits. */
function flatten(png: DecodedPng): Image {
  const { width, height } = png;
  const { data, channels } = samplesOf(png);
  const colors = channels >= 3 ? 3 : 1;
  const hasAlpha = channels === 2 || channels === 4;
  const flat = new Uint8Array(width * height * colors);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = hasAlpha ? data[pixel * channels + colors]! / 255 : 1;
    for (let c = 0; c < colors; c++) {
      flat[pixel * colors + c] = Math.round(alpha * data[pixel * channels + c]! + (1 - alpha) * 255);
    }
  }
  return { width, height, channels: colors, data: flat };
}

/** Samples of 8 bits, one to four a pixel. */
function samplesOf(png: DecodedPng): { data: Uint8Array; channels: number } {
  if (png.palette !== undefined) {
    const channels = png.palette[0]?.length ?? 3;
    return { data: Uint8Array.from(convertIndexedToRgb(png)), channels };
  }
  if (png.depth === 16)
    return { data: Uint8Array.from(png.data, (sample) => sample >> 8), channels: png.channels };
  if (png.depth < 8) return { data: widen(png), channels: 1 };
  return { data: Uint8Array.from(png.data), channels: png.channels };
}

/** Grey of 1, 2 or 4 bits, several to a byte, as bytes from black to white. */
function widen({ width, height, depth, data }: DecodedPng): Uint8Array {
  const lineBytes = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const bit = (pixel % width) * depth;
    const byte = data[Math.floor(pixel / width) * lineBytes + Math.floor(bit / 8)]!;
    return Math.round((((byte >> (8 - depth - (bit % 8))) & most) * 255) / most);
  });
}
