/**
 * Other sizes by the box filter, much as the ImageNet of 64 x 64 pixels was made: each new pixel is the mean of the area that it
 * covers, pixels at its edge counting by the part that lies inside.
 */

import { checkPixels, type Image, type ImageSize } from "./image";
import { toColor, toGray } from "./image";

/**
 * An image in another size: each new pixel is the mean of the area that it covers.
 *
 * @throws InputError when the new size is none
 */
export function resize(image: Image, { height, width }: { height: number; width: number }): Image {
  checkPixels(width, height, "size");
  if (image.height === height && image.width === width) return image;
  const { channels } = image;
  const rows = boxes(image.height, height);
  const columns = boxes(image.width, width);
  // One axis after the other, in floats, rounded once at the end.
  const narrow = new Float64Array(image.height * width * channels);
  for (let y = 0; y < image.height; y++) {
    columns.forEach((box, x) => {
      for (const { index, weight } of box) {
        for (let c = 0; c < channels; c++) {
          narrow[(y * width + x) * channels + c]! +=
            weight * image.data[(y * image.width + index) * channels + c]!;
        }
      }
    });
  }
  const line = width * channels;
  const data = new Uint8Array(height * line);
  rows.forEach((box, y) => {
    for (let i = 0; i < line; i++) {
      data[y * line + i] = Math.round(
        box.reduce((sum, { index, weight }) => sum + weight * narrow[index * line + i]!, 0),
      );
    }
  });
  return { height, width, channels, data };
}

/** The largest middle part with the proportions of the new size, resized: nothing is stretched. */
export function fit(image: Image, { height, width, channels }: ImageSize): Image {
  const scale = Math.min(image.height / height, image.width / width);
  const part = crop(image, Math.max(1, Math.round(scale * height)), Math.max(1, Math.round(scale * width)));
  const resized = resize(part, { height, width });
  return channels === 1 ? toGray(resized) : toColor(resized);
}

/** The middle of an image. */
function crop(image: Image, height: number, width: number): Image {
  const { channels } = image;
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(start, start + width * channels), y * width * channels);
  }
  return { height, width, channels, data };
}

/** For each of `to` equal boxes over `from` pixels, the pixels that it covers and their share of its mean. */
function boxes(from: number, to: number): { index: number; weight: number }[][] {
  const size = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * size, (i + 1) * size];
    const first = Math.min(Math.floor(start), from - 1);
    const last = Math.min(Math.ceil(end), from);
    return Array.from({ length: Math.max(1, last - first) }, (__, j) => {
      const index = first + j;
      return { index, weight: (Math.min(end, index + 1) - Math.max(start, index)) / size };
    });
  });
}
