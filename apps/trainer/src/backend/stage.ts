import { randomBytes } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * A long install is cut into stages, each of which makes one file or folder elsewhere and renames it into place.
 *
 * What exists is therefore whole: a killed install goes on at the stage it was in, and two that run at once
 * can at worst do the same work twice.
 */

const SUFFIX = ".partial";

/**
 * Makes `target`, whose parent folder exists, unless it is there already.
 *
 * @param make writes the file or folder at the path that it is given
 * @returns whether anything had to be made
 */
export async function stage(target: string, make: (temporary: string) => Promise<void>): Promise<boolean> {
  if (await exists(target)) return false;
  const temporary = `${target}.${randomBytes(4).toString("hex")}${SUFFIX}`;
  try {
    await make(temporary);
    await rename(temporary, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return true;
}

/** Removes what killed stages left in these folders. Call it under the installation's lock. */
export async function sweepPartials(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [] as string[]);
    const partials = names.filter((name) => name.endsWith(SUFFIX));
    await Promise.all(partials.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
