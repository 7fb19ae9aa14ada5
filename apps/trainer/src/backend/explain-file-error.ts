import { InputError } from "@reformer-ts/internal-checks";

const CAUSES: Record<string, string> = {
  ENOSPC: "on a full disk",
  EDQUOT: "over the disk quota",
  EACCES: "not writable",
  EPERM: "not writable",
  EROFS: "on a read-only file system",
  ENOTDIR: "below something that is no folder",
};

/** Says in a sentence why the cache could not be written to; other errors are passed on as they are. */
export function explainFileError(error: unknown, folder: string, megabytes: number): unknown {
  const cause = CAUSES[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
  if (cause === undefined) return error;
  const details = {
    field: `the cache ${folder}`,
    given: cause,
    allowed: `a place that can be written to, with ${megabytes} MB free (another can be named in REFORMER_CACHE); until then training runs on the WASM backend`,
  };
  return new InputError(details, { cause: error });
}
