import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { InputError } from "@reformer-ts/internal-checks";

import { onFile } from "./file-error";

/** A file that stays open and is read at offsets, as if it lay in memory. */
export interface OpenFile {
  readonly size: number;
  /** @throws InputError when the file has become shorter than it was */
  read(start: number, count: number): Uint8Array;
  close(): void;
}

/** @throws InputError when the file is missing or not readable */
export function openFile(path: string): OpenFile {
  const { size, descriptor } = onFile(path, "a file that can be read", () => {
    const opened = openSync(path, "r");
    return { size: fstatSync(opened).size, descriptor: opened };
  });
  let open = true;
  return {
    size,
    read(start, count) {
      const bytes = new Uint8Array(count);
      for (let done = 0; done < count;) {
        const got = onFile(path, "a file that can be read", () =>
          readSync(descriptor, bytes, done, count - done, start + done),
        );
        if (got === 0) {
          throw new InputError({
            field: path,
            given: "shorter than when it was opened",
            allowed: "left as it was",
          });
        }
        done += got;
      }
      return bytes;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
