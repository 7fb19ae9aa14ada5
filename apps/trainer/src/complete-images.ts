/** Images whose upper part is given and whose rest the model paints, byte by byte, several at a time. */
import { createImage, type Image, type ImageSize, resize } from "@reformer-ts/data/images";
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import { createDecoder, type Reformer, sample, type SamplingOptions } from "@reformer-ts/model";
import { nextTurn } from "./stop";

export interface CompleteOptions extends SamplingOptions {
  /** Tokens of a whole record. */
  length: number;
  /** Tokens that a record may hold; a model may know more. */
  vocabSize: number;
  /** Decides every draw. */
  seed: number;
  /** Told after each token of all records. */
  onProgress?: (done: number, total: number) => void;
  /** Asked between tokens; true leaves the rest 0. */
  interrupted?: () => boolean;
}

/**
 * @param fragments the beginnings of records, all of one length, which may be 0
 * @returns the whole records
 */
export async function completeRecords(
  model: Reformer,
  fragments: readonly Int32Array[],
  { length, vocabSize, seed, onProgress, interrupted = () => false, ...sampling }: CompleteOptions,
): Promise<Int32Array[]> {
  const given = fragments[0]!.length;
  const completed = fragments.map((fragment) => {
    const record = new Int32Array(length);
    record.set(fragment);
    return record;
  });
  if (given === length) return completed;
  const randoms = fragments.map((_, i) => Random.fromSeed(deriveSeed(seed, "record", i)));
  const decoder = createDecoder(model);
  try {
    // As in training, a record is read shifted right by one: 0 stands before its first token.
    let logits = await decoder.read(fragments.map((fragment) => Int32Array.of(0, ...fragment)));
    for (let at = given; at < length && !interrupted(); at++) {
      const tokens = logits.map((row, i) => sample(row.subarray(0, vocabSize), randoms[i]!, sampling));
      tokens.forEach((token, i) => (completed[i]![at] = token));
      onProgress?.(at + 1 - given, length - given);
      if (at + 1 < length) logits = await decoder.append(tokens);
      await nextTurn();
    }
    return completed;
  } finally {
    decoder.dispose();
  }
}

/** What was given of an image, the rest grey. */
export function fragmentImage(fragment: Int32Array, size: ImageSize): Image {
  const image = createImage(size);
  image.data.fill(200);
  image.data.set(fragment);
  return image;
}

/** Large enough for eyes, every pixel a square. */
export function magnified(image: Image): Image {
  const times = Math.max(1, Math.floor(800 / image.width));
  return resize(image, { height: times * image.height, width: times * image.width });
}
