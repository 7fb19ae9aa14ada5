/**
 * An image as the Reformer reads it: one byte after the other, row by row, pixel by pixel, red, green, blue.
 *
 * 64 x 64 x 3 of them are the 12,288 tokens of the paper's imagenet64; an axial position embedding of shape [64, 64, 3] or
 * [64, 192] gives every byte its row, column and channel.
 */

import { InputError } from "@reformer-ts/internal-checks";

export interface Image {
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: 1 | 3;
  /** `[height, width, channels]` in row-major order. */
  data: Uint8Array;
}

export interface ImageSize {
  height: number;
  width: number;
  channels: 1 | 3;
}

/** The most pixels that an image may have: 8,192 x 8,192. */
export const mostPixels = 2 ** 26;

/** Black. */
export function createImage({ height, width, channels }: ImageSize): Image {
  return { height, width, channels, data: new Uint8Array(height * width * channels) };
}

/**
 * Tokens as an image again.
 * @throws InputError when they are not `height * width * channels` bytes
 */
export function imageOf(tokens: ArrayLike<number>, { height, width, channels }: ImageSize): Image {
  const size = height * width * channels;
  if (tokens.length !== size) {
    throw new InputError({
      field: "image",
      given: `${tokens.length} tokens`,
      allowed: `[${height}, ${width}, ${channels}], ${size} tokens`,
    });
  }
  const wrong = Array.from(tokens).find((token) => !Number.isInteger(token) || token < 0 || token > 255);
  if (wrong !== undefined)
    throw new InputError({ field: "image", given: `a token of ${wrong}`, allowed: "bytes" });
  return { height, width, channels, data: Uint8Array.from(tokens) };
}

/** @throws InputError unless the size is one that an image may have */
export function checkPixels(width: number, height: number, name: string): void {
  if (!(width > 0 && height > 0 && width * height <= mostPixels)) {
    throw new InputError({
      field: name,
      given: `an image of ${width} x ${height} pixels`,
      allowed: `one of 1 to ${mostPixels} pixels`,
    });
  }
}

/** Grey as equal red, green and blue; colour as it is. */
export function toColor(image: Image): Image {
  if (image.channels === 3) return image;
  const data = new Uint8Array(3 * image.data.length);
  image.data.forEach((value, i) => data.fill(value, 3 * i, 3 * i + 3));
  return { ...image, channels: 3, data };
}

/** Colour as its brightness (ITU-R BT.601, as JPEG and PIL have it); grey as it is. */
export function toGray(image: Image): Image {
  if (image.channels === 1) return image;
  const data = Uint8Array.from({ length: image.width * image.height }, (_, i) =>
    Math.round(0.299 * image.data[3 * i]! + 0.587 * image.data[3 * i + 1]! + 0.114 * image.data[3 * i + 2]!),
  );
  return { ...image, channels: 1, data };
}
