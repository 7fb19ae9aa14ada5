import { InputError } from "@reformer-ts/internal-checks";

const reasons: Record<string, string> = {
  ENOENT: "missing",
  EACCES: "not readable by this user",
  EPERM: "not readable by this user",
  EISDIR: "a folder",
  ENOTDIR: "inside something that is not a folder",
  ELOOP: "a link that leads back to itself",
  ENAMETOOLONG: "too long a name",
};

/** What the file system refused, as a sentence about the path; other errors are thrown on as they are. */
export function onFile<T>(path: string, allowed: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new InputError({ field: path, given: reason, allowed }, { cause: error });
  }
}

export function emptyFile(path: string): InputError {
  return new InputError({ field: path, given: "empty", allowed: "a file with content" });
}
