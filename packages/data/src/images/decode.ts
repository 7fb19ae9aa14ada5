import { InputError } from "@reformer-ts/internal-checks";

import type { Image } from "./image";
import { decodeJpeg, isJpeg } from "./jpeg";
import { isPng } from "./png-chunks";
import { decodePng } from "./png";

/**
 * PNG or JPEG, told apart by how the bytes begin, whatever the file's name says.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are neither, or damaged, or beyond the bounds
 */
export function decodeImage(bytes: Uint8Array, name: string): Image {
  if (isPng(bytes)) return decodePng(bytes, name);
  if (isJpeg(bytes)) return decodeJpeg(bytes, name);
  throw new InputError({ field: name, given: "neither PNG nor JPEG", allowed: "an image in one of these" });
}
