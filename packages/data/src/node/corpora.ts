/**
 * Corpora with a public address, each with its size and checksum. Others are read from files that the user has.
 *
 * Nothing is downloaded until somebody asks for it, and never anything that is not in this table.
 */

import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { InputError, nearest } from "@reformer-ts/internal-checks";

import { stripGutenberg } from "../gutenberg";
import { decodeText } from "../text";
import { createAtomicFile } from "./atomic-file";
import { corpora, type Corpus, type RemoteFile } from "./corpora-table";
import { download, type DownloadOptions } from "./download";
import { readBytes } from "./read-bytes";

/** Where downloads are kept: `$XDG_CACHE_HOME`, or `.cache` in the home folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "reformer-ts", "data");
}

export interface CorpusFiles {
  /** What to train on, held-out parts included where there is no file of them. */
  path: string;
  /** The file that is held out, where there is one. */
  heldOut: string | null;
}

export interface FetchOptions extends Pick<
  DownloadOptions,
  "onProgress" | "signal" | "retries" | "retryDelay"
> {
  /** The cache; {@link cacheFolder} by default. */
  folder?: string;
  table?: Readonly<Record<string, Corpus>>;
}

/** Where a corpus lies once it was fetched; null when it was not. */
export function cachedCorpus(
  name: string,
  { folder = cacheFolder(), table = corpora }: Pick<FetchOptions, "folder" | "table"> = {},
): CorpusFiles | null {
  const files = filesOf(corpusNamed(name, table), folder);
  return existsSync(files.path) && (files.heldOut === null || existsSync(files.heldOut)) ? files : null;
}

/**
 * The paths of a corpus in the cache, downloaded and unpacked if it is not there yet.
 * @throws InputError for a name that no corpus has, or as `download` does
 */
export async function fetchCorpus(name: string, options: FetchOptions = {}): Promise<CorpusFiles> {
  const { folder = cacheFolder(), table = corpora, ...rest } = options;
  const corpus = corpusNamed(name, table);
  for (const remote of corpus.files) {
    if (existsSync(pathOf(remote, folder)) && remote.kept !== undefined) continue;
    const { url, bytes, sha256, file, kept } = remote;
    const path = join(folder, file);
    await download({ ...rest, url, path, sha256, bytes });
    if (kept === undefined) continue;
    const content = readBytes(path);
    const whole = createAtomicFile(join(folder, kept.file));
    whole.write(kept.as === "unpacked" ? content : bodyOf(content, url));
    whole.finish();
    rmSync(path);
  }
  return filesOf(corpus, folder);
}

function bodyOf(book: Uint8Array, name: string): Uint8Array {
  return new TextEncoder().encode(`${stripGutenberg(decodeText(book, name))}\n`);
}

function filesOf({ files }: Corpus, folder: string): CorpusFiles {
  const heldOut = files.at(1);
  return {
    path: pathOf(files[0], folder),
    heldOut: heldOut === undefined ? null : pathOf(heldOut, folder),
  };
}

const pathOf = ({ file, kept }: RemoteFile, folder: string) => join(folder, kept?.file ?? file);

function corpusNamed(name: string, table: Readonly<Record<string, Corpus>>): Corpus {
  if (Object.hasOwn(table, name)) return table[name]!;
  const names = Object.keys(table);
  const similar = nearest(name, names);
  throw new InputError({
    field: "corpus",
    given: JSON.stringify(name),
    allowed: `${similar === undefined ? "one of" : `perhaps "${similar}", of`} ${names.join(", ")}`,
  });
}
