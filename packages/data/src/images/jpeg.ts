/** JPEG in (jpeg-js), baseline and progressive. Out never: what is lost in it would be taken for the model's. */

import { InputError } from "@reformer-ts/internal-checks";
import { decode } from "jpeg-js";

import { mostPixels, type Image } from "./image";

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * In colour, also where the file is grey.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no JPEG image, a damaged one, or one beyond the bounds
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Image {
  if (!isJpeg(bytes)) throw new InputError({ field: name, given: "not a JPEG image", allowed: "one" });
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: mostPixels / 1e6,
      maxMemoryUsageInMB: 1024,
    });
    return { width, height, channels: 3, data: Uint8Array.from(data) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      {
        field: name,
        given: `a JPEG image that cannot be decoded (${reason})`,
        allowed: "a whole JPEG image",
      },
      { cause: error },
    );
  }
}
