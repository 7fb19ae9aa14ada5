import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll } from "vitest";

/** A folder for the tests of one file, gone after them; `write` puts a file into it and returns its path. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "reformer-data-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name: string, content: string | Uint8Array) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}
