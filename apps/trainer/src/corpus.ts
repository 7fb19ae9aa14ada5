/** The text that a run is about, as byte tokens: what is trained on, and the end of it that is held out. */
import { sliceOf, type Split, splitTail, type TokenSource } from "@reformer-ts/data";
import { openByteSource } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RunConfig } from "./config/schema";
import { packageFile } from "./package-file";

export interface Corpus extends Split {
  bytes: number;
  /** Of all bytes: a run that is resumed must find the text that it began with. */
  sha256: string;
  close(): void;
}

/** @throws InputError when the text is missing, not UTF-8, or too short to hold something out */
export function openCorpus({ corpus, heldOut }: RunConfig["data"]): Corpus {
  const source = openByteSource(
    corpus === "novel" ? packageFile(join("assets", "crime-and-punishment.txt.gz")) : corpus,
  );
  try {
    return {
      ...splitTail(source, { heldOut }),
      bytes: source.length,
      sha256: fingerprint(source),
      close: source.close,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** @throws InputError when windows of `length` do not fit into what is trained on */
export function requireWindows({ train }: Corpus, length: number): void {
  if (train.length <= length) {
    throw new InputError({
      field: "corpus",
      given: `${train.length} tokens long without what is held out`,
      allowed: `longer than a window of length = ${length}`,
    });
  }
}

/**
 * Whole words of a text from about `at` on.
 *
 * @throws InputError when `at` lies outside
 */
export function passageOf(source: TokenSource, at: number, length: number): Int32Array {
  if (at >= source.length) {
    throw new InputError({
      field: "--passage",
      given: `${at}`,
      allowed: `less than ${source.length}, the bytes held out`,
    });
  }
  const tokens = sliceOf(source, at, Math.min(source.length, at + length)).read(
    0,
    Math.min(length, source.length - at),
  );
  const start = at === 0 ? 0 : tokens.findIndex(isSpace) + 1;
  const end = tokens.findLastIndex(isSpace);
  return end > start ? tokens.slice(start, end) : tokens;
}

/** A line feed or a blank. */
const isSpace = (token: number) => token === 10 || token === 32;

function fingerprint(source: TokenSource): string {
  const hash = createHash("sha256");
  for (let start = 0; start < source.length; start += 1 << 20) {
    hash.update(Uint8Array.from(source.read(start, Math.min(1 << 20, source.length - start))));
  }
  return hash.digest("hex");
}
