/** A folder as a corpus: its files in an order that every machine agrees on. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { onFile } from "./file-error";

export interface ListOptions {
  /** Endings that count, such as `[".png", ".jpg"]`, in any case; all files when absent. */
  endings?: readonly string[];
}

/**
 * The path itself when it is a file; otherwise every file below the folder, hidden ones and links left out, sorted by the code
 * units of their paths.
 * @throws InputError when the path is missing or holds no such file
 */
export function listFiles(path: string, { endings }: ListOptions = {}): string[] {
  if (!isFolder(path)) return [path];
  const wanted = (name: string) =>
    endings === undefined || endings.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  const files = walk(path).filter(wanted);
  if (files.length === 0) {
    throw new InputError({
      field: path,
      given: "a folder without such files",
      allowed: endings === undefined ? "a folder with files" : `a folder with ${endings.join(", ")} files`,
    });
  }
  return files;
}

function isFolder(path: string): boolean {
  return onFile(path, "a file or folder that can be read", () => statSync(path).isDirectory());
}

function walk(folder: string): string[] {
  const entries = onFile(folder, "a folder that can be read", () =>
    readdirSync(folder, { withFileTypes: true }),
  );
  return entries
    .filter((entry) => !entry.name.startsWith("."))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() ? [path] : [];
    });
}
