/** Images, one byte after the other: the paper's imagenet64, at any size, in bits per dim. */
import {
  concatenate,
  type Examples,
  records,
  selectRecords,
  shuffled,
  type TokenSource,
} from "@reformer-ts/data";
import { contactSheet, type Image, type ImageSize, imageOf } from "@reformer-ts/data/images";
import { cacheFolder, openImages, readEmoji } from "@reformer-ts/data/node";
import { InputError, isInputError } from "@reformer-ts/internal-checks";
import type { Reformer } from "@reformer-ts/model";
import { join } from "node:path";
import { completeRecords, fragmentImage, magnified } from "../complete-images";
import type { Layer } from "../config/layer";
import type { RunConfig } from "../config/schema";
import { corpusFiles } from "./corpus-files";
import { fingerprint } from "./fingerprint";
import type { Measured, Task } from "./task";

/** Images that a sample completes: their lower halves. */
const sampleImages = 4;

export interface ImageTask extends Task {
  size: ImageSize;
  /** The images held out, and a name for each. */
  heldOutImages: { source: TokenSource; names: readonly string[] };
}

/** @throws InputError when there are no images, one is damaged, or there are too few to hold one out */
export function openImageTask(data: RunConfig["data"]): ImageTask {
  const size = imageSizeOf(data);
  const length = imageTokens(data);
  const { train, heldOut, close } = openParts(data, size, length);
  const whole = concatenate([train.source, heldOut.source]);
  const images = (source: TokenSource) => source.length / length;
  return {
    unit: "dim",
    unitsPerToken: 1,
    vocabSize: 256,
    tokenizer: null,
    // All are decoded here once: a damaged one is told now, not after hours.
    fingerprint: fingerprint(whole, length * Math.ceil(2 ** 20 / length)),
    description: `${count(images(whole))} images of ${size.width} x ${size.height} x ${size.channels}, ${count(images(heldOut.source))} of them held out`,
    heldOutTokens: heldOut.source.length,
    training: ({ seed }) => shuffled(records(train.source, { length }), { seed }),
    heldOut({ length: given, limit = Infinity }) {
      requireWhole(given, length, size);
      return spread(records(heldOut.source, { length }), Math.ceil(limit / length));
    },
    async sample(model: Reformer, { seed, interrupted }) {
      const held = spread(records(heldOut.source, { length }), sampleImages);
      const originals = Array.from({ length: held.count }, (_, i) => held.example(i).targets);
      const fragments = originals.map((image) => image.subarray(0, length / 2));
      const options = { length, vocabSize: 256, temperature: 1, seed, interrupted };
      const completions = await completeRecords(model, fragments, options);
      return { image: completionSheet(size, originals, fragments, completions) };
    },
    size,
    heldOutImages: heldOut,
    close,
  };
}

/** @throws InputError when there is no image, or one is damaged */
export function measuredImages(path: string, data: RunConfig["data"]): Measured {
  const length = imageTokens(data);
  const { source } = openImages(path, imageSizeOf(data));
  return {
    unit: "dim",
    unitsPerToken: 1,
    heldOut({ length: given, limit = Infinity }) {
      requireWhole(given, length, imageSizeOf(data));
      return spread(records(source, { length }), Math.ceil(limit / length));
    },
    close: () => source.close(),
  };
}

/** What follows from the size of the images, where nothing else is said. */
export function imageDefaults(data: RunConfig["data"]): Layer {
  const { imageSize, imageChannels } = data;
  const length = imageTokens(data);
  const axialShape = [imageSize, imageSize, ...(imageChannels === 1 ? [] : [imageChannels])];
  // Local layers see the row of a byte and the row above.
  return {
    model: { maxLength: length, axialShape, localChunkLength: imageSize * imageChannels },
    training: { length },
  };
}

/** Tokens of one image. */
export function imageTokens({ imageSize, imageChannels }: RunConfig["data"]): number {
  return imageSize * imageSize * imageChannels;
}

/** Three images a row: original, what was given of it, what the model made of that. */
export function completionSheet(
  size: ImageSize,
  originals: readonly Int32Array[],
  fragments: readonly Int32Array[],
  completions: readonly Int32Array[],
): Image {
  const rows = originals.map((original, i) => [
    imageOf(original, size),
    fragmentImage(fragments[i]!, size),
    imageOf(completions[i]!, size),
  ]);
  return magnified(contactSheet(rows, { gap: 2 }));
}

export function imageSizeOf({ imageSize, imageChannels }: RunConfig["data"]): ImageSize {
  return { height: imageSize, width: imageSize, channels: imageChannels };
}

interface Part {
  source: TokenSource;
  names: readonly string[];
}

/** Where `reformer prepare emoji` puts the package. */
export const emojiFolder = () => join(cacheFolder(), "emoji");

function openEmoji(size: ImageSize): { train: Part; heldOut: Part } {
  try {
    return readEmoji(size);
  } catch (error) {
    if (!isInputError(error)) throw error;
    return readEmoji(size, { from: emojiFolder() });
  }
}

function openParts(
  data: RunConfig["data"],
  size: ImageSize,
  length: number,
): { train: Part; heldOut: Part; close: () => void } {
  if (data.corpus === "emoji") return { ...openEmoji(size), close: () => {} };
  const { path, heldOut: other } = corpusFiles(data, "images");
  const share = data.heldOut;
  const all = openImages(path, size);
  if (other !== null) {
    const held = openImages(other, size);
    const close = () => [all, held].forEach(({ source }) => source.close());
    return { train: all, heldOut: held, close };
  }
  const indices = [...all.names.keys()];
  const part = (chosen: number[]): Part => ({
    source: selectRecords(all.source, { length, indices: chosen }),
    names: chosen.map((i) => all.names[i]!),
  });
  const isHeldOut = (i: number) => Math.floor((i + 1) * share) > Math.floor(i * share);
  const chosen = indices.filter(isHeldOut);
  if (chosen.length === 0 || chosen.length === indices.length) {
    all.source.close();
    throw new InputError({
      field: "corpus",
      given: `${indices.length} images, of which the share ${share} is none`,
      allowed: "enough images to hold one out and train on others",
    });
  }
  return {
    train: part(indices.filter((i) => !isHeldOut(i))),
    heldOut: part(chosen),
    close: all.source.close,
  };
}

/** So many of a finite set, evenly over all of it: neighbours in a folder are alike. */
function spread(examples: Examples, wanted: number): Examples {
  const taken = Math.min(examples.count, wanted);
  const stride = examples.count / taken;
  return { ...examples, count: taken, example: (index) => examples.example(Math.floor(index * stride)) };
}

function requireWhole(given: number, length: number, { height, width, channels }: ImageSize): void {
  if (given === length) return;
  throw new InputError({
    field: "length",
    given: String(given),
    allowed: `${length}, one image of ${height} x ${width} x ${channels}`,
  });
}

const count = (value: number) => value.toLocaleString("en");
