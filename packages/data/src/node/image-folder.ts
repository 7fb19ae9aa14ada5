/** A folder of pictures as records of bytes, each decoded when it is read: the folder may be larger than memory. */

import { basename } from "node:path";

import { decodeImage, fit, type ImageSize } from "../images";
import { recordSource } from "../record-source";
import type { TokenSource } from "../token-source";
import { listFiles } from "./list-files";
import { readBytes } from "./read-bytes";

export interface ImageRecords {
  /** Each image a record of `height * width * channels` bytes. */
  source: TokenSource;
  /** A name for each. */
  names: string[];
}

const imageEndings = [".png", ".jpg", ".jpeg"];
/** The most that the file of one picture may hold. */
const maxBytes = 2 ** 28;

/**
 * All PNG and JPEG images of a folder (or one file), each cropped around its middle to the proportions of the size and then
 * resized by the box filter.
 * @throws InputError when there is none; from `read`, when one is damaged
 */
export function readImages(path: string, size: ImageSize): ImageRecords {
  return readImageFiles(listFiles(path, { endings: imageEndings }), size);
}

export function readImageFiles(files: readonly string[], size: ImageSize): ImageRecords {
  const length = size.height * size.width * size.channels;
  const source = recordSource({ count: files.length, length }, (index) => {
    const file = files[index]!;
    return fit(decodeImage(readBytes(file, { maxBytes }), file), size).data;
  });
  return { source, names: files.map((file) => basename(file)) };
}
