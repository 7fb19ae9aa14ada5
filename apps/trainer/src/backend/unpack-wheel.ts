import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { openPromise } from "yauzl";

/**
 * Unpacks the files of a wheel (a zip) whose names satisfy `wanted` into `folder`, keeping their paths.
 *
 * A wheel of TensorFlow is mostly Python and headers of other projects; only what a compiler and a loader need is kept.
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  const zip = await openPromise(wheel);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/") || !wanted(entry.fileName)) continue;
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
    }
  } finally {
    zip.close();
  }
}

/** The two libraries and the headers of TensorFlow's C interface, for tfjs-node and for kernels of one's own. */
export function isNeededOfTensorflow(name: string): boolean {
  return (
    /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name) ||
    /^tensorflow\/include\/(tensorflow\/(c|core)|tsl|xla\/tsl)\//.test(name)
  );
}
