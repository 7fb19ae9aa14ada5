import { createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { openPromise } from "yauzl";

import type { Wheel } from "./wheels";

/**
 * Unpacks what a compiler and a loader need of a wheel (a zip) into `folder`.
 *
 * TensorFlow's wheel is mostly Python and the headers of other projects: a hundredth of its files is kept.
 */
export async function unpackWheel(path: string, { provides }: Wheel, folder: string): Promise<void> {
  const zip = await openPromise(path);
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.startsWith(`${provides}/`)) continue;
      const name = entry.fileName.slice(provides.length + 1);
      if (!isNeeded(name)) continue;
      const target = join(folder, name);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
      if (name.startsWith("bin/")) await chmod(target, 0o755);
    }
  } finally {
    zip.close();
  }
}

/** @param name a file's path inside the folder that its wheel provides */
function isNeeded(name: string): boolean {
  if (name.endsWith("/")) return false;
  const isTensorflowLibrary = /^libtensorflow_(cc|framework)\.so\.2$/.test(name);
  const isTensorflowHeader = /^include\/(tensorflow\/(c|core)|tsl|xla\/tsl)\//.test(name);
  // NVIDIA's wheels: shared libraries, and the assembler and device code that XLA calls.
  const isCudaPart = /^lib\/[^/]+\.so(\.\d+)*$/.test(name) || /^bin\/ptxas$|^nvvm\/libdevice\//.test(name);
  return isTensorflowLibrary || isTensorflowHeader || isCudaPart;
}
