/** From what a config calls its corpus to files. */
import { cachedCorpus, type Corpus, corpora, type CorpusFiles } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunConfig } from "../config/schema";
import { packageFile } from "../package-file";

/** The name of the book that ships with the command. */
export const shippedNovel = "novel";

/**
 * A path as it is, or the files of a public corpus that was prepared under this name.
 *
 * @param kind what the task learns
 * @throws InputError when it is the name of a corpus that is not here yet, or is of another kind
 */
export function corpusFiles(
  { corpus, heldOutCorpus }: Pick<RunConfig["data"], "corpus" | "heldOutCorpus">,
  kind: Corpus["kind"],
): CorpusFiles {
  const { path, heldOut } = filesNamed(corpus, kind);
  return { path, heldOut: heldOutCorpus === null ? heldOut : filesNamed(heldOutCorpus, kind).path };
}

function filesNamed(name: string, kind: Corpus["kind"]): CorpusFiles {
  if (name === shippedNovel) {
    requireKind(name, "text", kind);
    return { path: packageFile(join("assets", "crime-and-punishment.txt.gz")), heldOut: null };
  }
  if (existsSync(name) || !Object.hasOwn(corpora, name)) return { path: name, heldOut: null };
  requireKind(name, corpora[name]!.kind, kind);
  const files = cachedCorpus(name);
  if (files !== null) return files;
  throw new InputError({
    field: "corpus",
    given: `${name}, which is not on this machine yet`,
    allowed: `prepared first: reformer prepare ${name}`,
  });
}

const kinds: Record<Corpus["kind"], string> = {
  text: "text: a UTF-8 file or a folder of them",
  music: "music: chorales as JSON, MIDI files, or a text with four pitches a line",
  genome: "a genome: a FASTA file",
  images: "images: a folder of PNG and JPEG files, an .npy or IDX file, or emoji",
};

function requireKind(name: string, is: Corpus["kind"], wanted: Corpus["kind"]): void {
  if (is === wanted) return;
  throw new InputError({
    field: "corpus",
    given: `${name}, for --task ${is}`,
    allowed: kinds[wanted],
  });
}
