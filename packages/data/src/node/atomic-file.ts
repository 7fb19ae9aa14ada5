/** A file that is there whole or not at all: written beside its place under another name, forced to disk, then renamed. */

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { onFile } from "./file-error";

export interface AtomicFile {
  /** Appends; or writes at an offset, where one is given. */
  write(bytes: Uint8Array, at?: number): void;
  /** Puts the file in its place. */
  finish(): void;
  /** Leaves no trace. */
  abandon(): void;
}

/** @throws InputError when the folder cannot be written to */
export function createAtomicFile(path: string): AtomicFile {
  const part = `${path}.part-${process.pid}`;
  const descriptor = onFile(path, "a place that can be written to", () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(part, "w");
  });
  let size = 0;
  return {
    write(bytes, at) {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(descriptor, bytes, done, bytes.length - done, (at ?? size) + done);
      }
      if (at === undefined) size += bytes.length;
    },
    finish() {
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(part, path);
    },
    abandon() {
      closeSync(descriptor);
      rmSync(part, { force: true });
    },
  };
}
