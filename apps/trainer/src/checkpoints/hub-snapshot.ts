/** What the hub says of a model: a commit and its files. Nothing of it is believed beyond what a checkpoint needs. */
import { parse } from "@reformer-ts/model";
import * as z from "zod";
import { parseJson } from "../run/trainer-state";

export interface Snapshot {
  commit: string;
  /** By name; only files at the top, whose names cannot lead elsewhere. */
  files: Record<string, HubFile>;
}

export interface HubFile {
  bytes: number;
  /** Of large files alone. */
  sha256: string | null;
  /** What git calls a file of this content. */
  blob: string;
}

const hexadecimal = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
/** Small files are held in memory whole. */
const mostSmallBytes = 2 ** 26;

const answerSchema = z.object({
  sha: hexadecimal(40),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().min(0).optional(),
      blobId: hexadecimal(40).optional(),
      lfs: z.object({ sha256: hexadecimal(64), size: z.int().min(0) }).nullish(),
    }),
  ),
});

/**
 * @param where the answer came from, for messages
 * @throws InputError when it is none of a hub
 */
export function readSnapshot(text: string, where: string): Snapshot {
  const { sha, siblings } = parse(answerSchema, parseJson(text, where), where);
  const files: Record<string, HubFile> = Object.create(null);
  for (const { rfilename, size, blobId, lfs } of siblings) {
    if (!/^[\w][\w.-]*$/.test(rfilename) || blobId === undefined) continue;
    const bytes = lfs?.size ?? size;
    if (bytes === undefined || (!lfs && bytes > mostSmallBytes)) continue;
    files[rfilename] = { bytes, sha256: lfs?.sha256 ?? null, blob: blobId };
  }
  return { commit: sha, files };
}
