/** Pictures from wherever they lie: a folder of PNG and JPEG files, or all in one array (.npy, IDX; compressed too). */

import { InputError } from "@reformer-ts/internal-checks";

import { parseIdx } from "../idx";
import { fit, imageOf, type ImageSize } from "../images";
import { tokensOfArray } from "../numeric-array";
import { recordSource } from "../record-source";
import type { TokenSource } from "../token-source";
import type { FileSource } from "./byte-source";
import { type ImageRecords, readImages } from "./image-folder";
import { openNpySource } from "./npy-source";
import { readBytes } from "./read-bytes";

export interface OpenImages extends ImageRecords {
  source: FileSource;
}

/**
 * Each image as a record of `height * width * channels` bytes, cropped around its middle and resized where it has another size.
 * An array is `[images, height, width]` or `[images, height, width, channels]`.
 * @throws InputError when there is nothing of the kind; from `read`, when an image is damaged
 */
export function openImages(path: string, size: ImageSize): OpenImages {
  if (/\.npy(\.\w+)?$/i.test(path)) {
    const array = openNpySource(path);
    try {
      return imagesOfArray(array, array, path, size);
    } catch (error) {
      array.close();
      throw error;
    }
  }
  if (/idx\d-ubyte|\.idx/i.test(path)) {
    const array = parseIdx(readBytes(path), path);
    return imagesOfArray(tokensOfArray(array, path), { ...array, close: () => {} }, path, size);
  }
  const { source, names } = readImages(path, size);
  return { source: { ...source, close: () => {} }, names };
}

function imagesOfArray(
  source: TokenSource,
  { shape, close }: { shape: number[]; close: () => void },
  path: string,
  size: ImageSize,
): OpenImages {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const isImages = shape.length === 3 || shape.length === 4;
  if (!isImages || (channels !== 1 && channels !== 3) || source.length === 0) {
    throw new InputError({
      field: path,
      given: `an array of shape [${shape.join(", ")}]`,
      allowed: "images: [images, height, width] or [images, height, width, 1 or 3]",
    });
  }
  const given = { height, width, channels } as const;
  const stored = height * width * channels;
  const isSame = height === size.height && width === size.width && channels === size.channels;
  const records = recordSource({ count, length: size.height * size.width * size.channels }, (index) => {
    const image = imageOf(source.read(index * stored, stored), given);
    return isSame ? image.data : fit(image, size).data;
  });
  return { source: { ...records, close }, names: Array.from({ length: count }, (_, i) => String(i)) };
}
