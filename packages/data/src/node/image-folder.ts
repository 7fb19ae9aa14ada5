/** A folder of pictures as records of bytes, ready to train on. */

import { basename } from "node:path";

import { sizeOf } from "../bounds";
import { decodeImage, fit, type ImageSize } from "../images";
import { listFiles } from "./list-files";
import { readBytes } from "./read-bytes";

export interface ImageRecords {
  /** `[names.length, height, width, channels]`: each image a record of `height * width * channels` bytes. */
  data: Uint8Array;
  names: string[];
}

export interface ReadImagesOptions extends ImageSize {
  /** Told after each image. */
  onProgress?: (done: number, total: number) => void;
}

const imageEndings = [".png", ".jpg", ".jpeg"];

/**
 * All PNG and JPEG images of a folder (or one file), each cropped around its middle to the proportions of the size and then
 * resized by the box filter.
 * @throws InputError when there is none, one is damaged, or all together are too large for memory
 */
export function readImages(path: string, options: ReadImagesOptions): ImageRecords {
  return readImageFiles(listFiles(path, { endings: imageEndings }), options);
}

export function readImageFiles(
  files: readonly string[],
  { height, width, channels, onProgress }: ReadImagesOptions,
): ImageRecords {
  const record = height * width * channels;
  const data = new Uint8Array(sizeOf([files.length, height, width, channels], "images"));
  files.forEach((file, i) => {
    const image = fit(decodeImage(readBytes(file, { maxBytes: 2 ** 28 }), file), { height, width, channels });
    data.set(image.data, i * record);
    onProgress?.(i + 1, files.length);
  });
  return { data, names: files.map((file) => basename(file)) };
}
