/**
 * Files and folders that are there whole or not at all, whatever happens while they are written: everything goes into a
 * temporary place beside the target, reaches the disk, and is then renamed.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { writing } from "./file-errors";

/** How temporary names begin; whatever bears one is nobody's once its writer has gone. */
const unfinished = ".unfinished-";

/** @throws InputError when the disk is full or the folder cannot be written */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `${unfinished}${process.pid}-${Date.now()}`);
  writing(path, () => {
    try {
      writeThrough(temporary, content);
      renameSync(temporary, path);
      syncFolder(dirname(path));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/**
 * A folder with exactly these files; one that is there already is replaced.
 *
 * @throws InputError when the disk is full or the folder cannot be written
 */
export function writeFolderAtomically(path: string, files: Record<string, string | Uint8Array>): void {
  const temporary = join(dirname(path), `${unfinished}${process.pid}-${Date.now()}`);
  const replaced = `${temporary}-replaced`;
  writing(path, () => {
    try {
      mkdirSync(temporary);
      for (const [name, content] of Object.entries(files)) writeThrough(join(temporary, name), content);
      syncFolder(temporary);
      if (existsSync(path)) renameSync(path, replaced);
      renameSync(temporary, path);
      syncFolder(dirname(path));
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
    rmSync(replaced, { recursive: true, force: true });
  });
}

/** Removes a folder so that a crash on the way leaves nothing that looks whole. */
export function removeFolder(path: string): void {
  const aside = join(dirname(path), `${unfinished}${process.pid}-${Date.now()}-removed`);
  writing(path, () => {
    renameSync(path, aside);
    rmSync(aside, { recursive: true, force: true });
  });
}

/** Removes what writers that were killed left in a folder. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function writeThrough(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const file = openSync(path, "wx");
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is on the disk when its folder is. Windows knows no such thing, and needs none. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
