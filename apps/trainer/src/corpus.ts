/** The text that a run is about, as tokens: what is trained on, and the end of it that is held out. */
import {
  byteTokenizer,
  concatenate,
  sliceOf,
  type Split,
  splitTail,
  type Tokenizer,
  tokensOf,
  type TokenSource,
} from "@reformer-ts/data";
import { type FileSource, openByteSource, textPieces } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RunConfig } from "./config/schema";
import { packageFile } from "./package-file";

export interface Corpus extends Split {
  bytes: number;
  /** Of all bytes: a run that is resumed must find the text that it began with. */
  sha256: string;
  tokenizer: Tokenizer;
  /** Of the text held out: what bits per byte are counted by, whatever the vocabulary. */
  bytesPerToken: number;
  close(): void;
}

/**
 * @param tokenizer whose tokens are wanted; those that are not bytes are kept in memory
 * @throws InputError when the text is missing, not UTF-8, or too short to hold something out
 */
export function openCorpus(
  { corpus, heldOut, heldOutCorpus }: RunConfig["data"],
  tokenizer: Tokenizer = byteTokenizer(),
): Corpus {
  const path = corpus === "novel" ? packageFile(join("assets", "crime-and-punishment.txt.gz")) : corpus;
  const opened: FileSource[] = [];
  const open = (file: string) => {
    const source = openByteSource(file);
    opened.push(source);
    return source;
  };
  const close = () => opened.forEach((source) => source.close());
  try {
    const source = open(path);
    const all = heldOutCorpus === null ? source : concatenate([source, open(heldOutCorpus)]);
    const tokens = (file: string, bytes: TokenSource) =>
      tokensAre(tokenizer, "bytes") ? bytes : encode(file, tokenizer);
    const split =
      heldOutCorpus === null
        ? splitTail(tokens(path, source), { heldOut })
        : { train: tokens(path, source), heldOut: tokens(heldOutCorpus, opened[1]!) };
    return {
      ...split,
      bytes: all.length,
      sha256: fingerprint(all),
      tokenizer,
      bytesPerToken: bytesPerToken(split.heldOut, tokenizer),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** A whole text, or a folder of them, as tokens in memory. */
export function encode(path: string, tokenizer: Tokenizer): TokenSource {
  const pieces = [...textPieces(path)].map((piece) => tokenizer.encode(piece));
  const tokens = new Int32Array(pieces.reduce((count, piece) => count + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    tokens.set(piece, at);
    at += piece.length;
  }
  return tokensOf(tokens);
}

export function tokensAre(tokenizer: Tokenizer, type: "bytes"): boolean {
  return tokenizer.toJSON().type === type;
}

/** How much text a token is on average. */
export function bytesPerToken(source: TokenSource, tokenizer: Tokenizer): number {
  if (tokensAre(tokenizer, "bytes") || source.length === 0) return 1;
  return Buffer.byteLength(tokenizer.decode(source.read(0, source.length))) / source.length;
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
 * Tokens of a text from `at` on; of bytes, whole words from about there.
 *
 * @throws InputError when `at` lies outside
 */
export function passageOf(
  { heldOut: source, tokenizer }: Pick<Corpus, "heldOut" | "tokenizer">,
  at: number,
  length: number,
): Int32Array {
  if (at >= source.length) {
    throw new InputError({
      field: "--passage",
      given: `${at}`,
      allowed: `less than ${source.length}, the tokens held out`,
    });
  }
  const tokens = sliceOf(source, at, Math.min(source.length, at + length)).read(
    0,
    Math.min(length, source.length - at),
  );
  if (!tokensAre(tokenizer, "bytes")) return tokens;
  const start = at === 0 ? 0 : tokens.findIndex(isSpace) + 1;
  const end = tokens.findLastIndex(isSpace);
  return end > start ? tokens.slice(start, end) : tokens;
}

/** A line feed or a blank. */
const isSpace = (token: number) => token === 10 || token === 32;

/** Of tokens that are bytes, `step` of them at a time. */
export function fingerprint(source: TokenSource, step = 1 << 20): string {
  const hash = createHash("sha256");
  for (let start = 0; start < source.length; start += step) {
    hash.update(Uint8Array.from(source.read(start, Math.min(step, source.length - start))));
  }
  return hash.digest("hex");
}
