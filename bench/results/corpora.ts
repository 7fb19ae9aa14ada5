/** What the trainings read: examples to learn from, and a fixed part to be measured on. */
import {
  batches,
  batchesOnce,
  randomWindows,
  records,
  sequentialWindows,
  shuffled,
  sliceOf,
  splitTail,
  type Batch,
  type BatchReader,
} from "@reformer-ts/data";
import { openByteSource, readEmoji } from "@reformer-ts/data/node";
import { fileURLToPath } from "node:url";

export interface Corpus {
  /** Endless batches, the same for everybody who asks with the same seed. */
  training(batch: number, seed: number): BatchReader;
  /** The part held out, once. */
  heldOut(batch: number): Iterable<Batch>;
  heldOutTokens: number;
  close(): void;
}

/** Bytes held out that every evaluation of a text reads. */
const heldOutBytes = 16_384;
/** Pictures held out that every evaluation reads. */
const heldOutPictures = 24;
const novel = fileURLToPath(
  new URL("../../apps/trainer/assets/crime-and-punishment.txt.gz", import.meta.url),
);

/** @param path a text, packed or not; without it the novel that comes with the trainer */
export function openText(length: number, path: string = novel): Corpus {
  const book = openByteSource(path);
  const split = splitTail(book, { heldOut: 0.05 });
  const part = sliceOf(split.heldOut, 0, heldOutBytes);
  return {
    training: (batch, seed) => batches(randomWindows(split.train, { length, seed }), { batch }),
    heldOut: (batch) => batchesOnce(sequentialWindows(part, { length }), { batch }),
    heldOutTokens: part.length,
    close: () => book.close(),
  };
}

/**
 * Emoji of `size` x `size` in colour, one byte after the other; all variants of one emoji on one side of the split.
 *
 * @param from a folder in which `npm install emoji-datasource-google` was run
 */
export function openEmoji(size: number, from?: string): Corpus {
  const length = size * size * 3;
  const parts = readEmoji({ height: size, width: size, channels: 3 }, from ? { from } : {});
  const all = records(parts.heldOut.source, { length });
  // Neighbours are variants of each other, so those asked are spread over all.
  const stride = all.count / heldOutPictures;
  const asked = {
    ...all,
    count: heldOutPictures,
    example: (index: number) => all.example(Math.floor(index * stride)),
  };
  return {
    training: (batch, seed) =>
      batches(shuffled(records(parts.train.source, { length }), { seed }), { batch }),
    heldOut: (batch) => batchesOnce(asked, { batch }),
    heldOutTokens: heldOutPictures * length,
    close: () => {},
  };
}
