/**
 * A text that was encoded once: a folder with its tokens, the tokenizer that they are of, and how much text there was. Training
 * reads it window by window, so the text may be far larger than memory.
 */

import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { anyTokenizerFromJSON } from "../subword";
import type { Tokenizer } from "../tokenizer";
import { createAtomicFile } from "./atomic-file";
import { type NpySource, openNpySource } from "./npy-source";
import { prepareTokens } from "./prepare-tokens";

const names = { about: "prepared.json", tokens: "tokens.npy" } as const;
/** A vocabulary of millions of tokens is shorter. */
const maxBytes = 2 ** 28;

export interface Prepared {
  source: NpySource;
  tokenizer: Tokenizer;
  /** Of the text, in UTF-8. */
  bytes: number;
}

/**
 * Encodes a text file, or a folder of them, into `folder`.
 * @returns the tokens, and the bytes of text that they stand for
 * @throws InputError when the text is missing or not UTF-8, or the place cannot be written to
 */
export function prepareText(
  from: string,
  folder: string,
  tokenizer: Tokenizer,
): { tokens: number; bytes: number } {
  const counts = prepareTokens(from, join(folder, names.tokens), tokenizer);
  mkdirSync(folder, { recursive: true });
  // Written last: a folder with it is whole.
  const about = createAtomicFile(join(folder, names.about));
  const content = { formatVersion: 1, from, ...counts, tokenizer: tokenizer.toJSON() };
  about.write(new TextEncoder().encode(`${JSON.stringify(content)}\n`));
  about.finish();
  return counts;
}

/** Whether a folder holds a text that was encoded once. */
export function isPrepared(folder: string): boolean {
  return existsSync(join(folder, names.about));
}

/**
 * What {@link prepareText} left.
 * @throws InputError when a file is missing, damaged, or not of the other
 */
export function openPrepared(folder: string): Prepared {
  const path = join(folder, names.about);
  const refuse = (given: string, cause?: unknown): never => {
    throw new InputError(
      { field: path, given, allowed: "as it was written; prepare the text again" },
      { cause },
    );
  };
  if (statSync(path).size > maxBytes) refuse("too large");
  let about: Record<string, unknown> = {};
  try {
    about = Object(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    refuse("not JSON", error);
  }
  const { formatVersion, bytes, tokens } = about;
  if (formatVersion !== 1) refuse(`of format ${JSON.stringify(formatVersion)}`);
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 1) refuse("without a number of bytes");
  const tokenizer = anyTokenizerFromJSON(about.tokenizer);
  const source = openNpySource(join(folder, names.tokens));
  if (source.length !== tokens) {
    source.close();
    refuse(`of ${String(tokens)} tokens, where tokens.npy has ${source.length}`);
  }
  return { source, tokenizer, bytes: bytes as number };
}
