/** Corpora with a public address. Others are read from files that the user has. */

import { homedir } from "node:os";
import { join } from "node:path";

import { InputError, nearest } from "@reformer-ts/internal-checks";

import { download, type DownloadOptions } from "./download";

export interface Corpus {
  /** What it is, in one line. */
  description: string;
  url: string;
  /** The file's name in the cache. */
  file: string;
  bytes: number;
  sha256: string;
  /** Token counts of the parts that figures are published for: training, validation, test. */
  split: readonly number[];
}

export const corpora: Readonly<Record<string, Corpus>> = {
  enwik8: {
    description: "The first 100,000,000 bytes of the English Wikipedia of March 2006, as XML (CC BY-SA)",
    url: "https://mattmahoney.net/dc/enwik8.zip",
    file: "enwik8.zip",
    bytes: 36_445_475,
    sha256: "547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc",
    split: [90_000_000, 5_000_000, 5_000_000],
  },
};

/** Where downloads are kept: `$XDG_CACHE_HOME`, or `.cache` in the home folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "reformer-ts", "data");
}

/**
 * The path of a corpus in the cache, downloaded if it is not there yet.
 * @throws InputError for a name that no corpus has, or as `download` does
 */
export async function fetchCorpus(
  name: string,
  {
    folder = cacheFolder(),
    ...options
  }: { folder?: string } & Pick<DownloadOptions, "onProgress" | "signal"> = {},
): Promise<string> {
  const corpus = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (corpus === undefined) {
    const names = Object.keys(corpora);
    const similar = nearest(name, names);
    throw new InputError({
      field: "corpus",
      given: JSON.stringify(name),
      allowed: `${similar === undefined ? "one of" : `perhaps "${similar}", of`} ${names.join(", ")}`,
    });
  }
  const path = join(folder, corpus.file);
  await download({ ...options, url: corpus.url, path, sha256: corpus.sha256, bytes: corpus.bytes });
  return path;
}
