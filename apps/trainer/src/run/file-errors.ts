/** What the file system refuses when something is written, as a sentence about the path. */
import { InputError } from "@reformer-ts/internal-checks";

const reasons: Record<string, [given: string, allowed: string]> = {
  ENOSPC: ["on a full disk", "where there is space; what was saved before is kept, so free some and resume"],
  EDQUOT: [
    "beyond your disk quota",
    "where there is space; what was saved before is kept, so free some and resume",
  ],
  EFBIG: ["larger than a file may be there", "where large files can be"],
  EROFS: ["on a read-only file system", "somewhere that can be written"],
  EACCES: ["not yours to write", "a folder that you may write to"],
  EPERM: ["not yours to write", "a folder that you may write to"],
  ENOTDIR: ["inside of a file", "inside of a folder"],
  EEXIST: ["a file", "a folder, or new"],
  EISDIR: ["a folder", "a file, or new"],
  ENAMETOOLONG: ["too long a name", "shorter"],
  ELOOP: ["a link that leads back to itself", "a folder"],
  EIO: ["on a disk that fails", "on a healthy one"],
};

/**
 * Runs `work`, which writes to `path`.
 *
 * @throws InputError for what the user can mend; other errors as they are
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new InputError({ field: path, given: reason[0], allowed: reason[1] }, { cause: error });
  }
}
