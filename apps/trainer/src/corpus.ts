/** The text that a run is about, as tokens: what is trained on, and what of it is held out. */
import type { Split, Tokenizer, TokenSource } from "@reformer-ts/data";
import { concatenate, tokensOf } from "@reformer-ts/data";
import {
  type FileSource,
  isPrepared,
  openByteSource,
  openPrepared,
  textPieces,
} from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import type { RunConfig } from "./config/schema";
import { corpusFiles } from "./tasks/corpus-files";
import { type Fingerprint, fingerprint } from "./tasks/fingerprint";
import { requireOnePart, splitSource } from "./tasks/held-out-part";

export interface Corpus extends Split {
  /** Of the text. */
  bytes: number;
  fingerprint: Fingerprint;
  tokenizer: Tokenizer;
  /** Of the text held out: what bits per byte are counted by, whatever the vocabulary. */
  bytesPerToken: number;
  close(): void;
}

/**
 * @param tokenizer whose tokens are wanted; those that are not bytes are kept in memory, unless the text was prepared
 * @throws InputError when the text is missing, not UTF-8, or too short to hold something out
 */
export function openCorpus(data: RunConfig["data"], tokenizer: Tokenizer): Corpus {
  const { path, heldOut } = corpusFiles(data, "text");
  const opened: OpenText[] = [];
  const open = (file: string) => {
    const text = openText(file, tokenizer);
    opened.push(text);
    return text;
  };
  const close = () => opened.forEach((text) => text.close());
  try {
    const main = open(path);
    if (heldOut !== null) requireOnePart(data);
    const split =
      heldOut === null
        ? splitSource(main.tokens, data)
        : { train: main.tokens, heldOut: open(heldOut).tokens };
    const known = opened.map(({ original }) => original);
    return {
      ...split,
      bytes: opened.reduce((sum, text) => sum + text.bytes, 0),
      fingerprint: fingerprint(known.length === 1 ? known[0]! : concatenate(known)),
      tokenizer,
      bytesPerToken: bytesPerToken(split.heldOut, tokenizer),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

export interface OpenText {
  tokens: TokenSource;
  /** What is on the disk: the bytes of the text, or its tokens if it was prepared. */
  original: TokenSource;
  /** Of the text. */
  bytes: number;
  close(): void;
}

/**
 * A text as a model's tokens. Bytes and prepared texts are read window by window, others encoded into memory.
 *
 * @throws InputError when it is missing, not UTF-8, or prepared with another tokenizer
 */
export function openText(path: string, tokenizer: Tokenizer): OpenText {
  if (isPrepared(path)) {
    const { source, tokenizer: theirs, bytes } = openPrepared(path);
    if (JSON.stringify(theirs.toJSON()) !== JSON.stringify(tokenizer.toJSON())) {
      source.close();
      throw new InputError({
        field: path,
        given: "prepared with another tokenizer than the model's",
        allowed: "prepared with the model's, or the text itself",
      });
    }
    return { tokens: source, original: source, bytes, close: () => source.close() };
  }
  const source = openByteSource(path);
  const close = () => source.close();
  const shift = byteShift(tokenizer);
  const tokens = shift === null ? encode(path, tokenizer) : shifted(source, shift);
  return { tokens, original: source, bytes: source.length, close };
}

/** What a byte's token is above the byte; null where tokens are not bytes. */
function byteShift(tokenizer: Tokenizer): number | null {
  const json = tokenizer.toJSON();
  if (json.type === "bytes") return 0;
  return json.type === "reserved" && json.tokenizer.type === "bytes" ? json.count : null;
}

function shifted(source: FileSource, by: number): TokenSource {
  if (by === 0) return source;
  return {
    length: source.length,
    read: (start, count) => source.read(start, count).map((byte) => byte + by),
  };
}

/** A whole text, or a folder of them, as tokens in memory. */
function encode(path: string, tokenizer: Tokenizer): TokenSource {
  const pieces = [...textPieces(path)].map((piece) => tokenizer.encode(piece));
  const tokens = new Int32Array(pieces.reduce((count, piece) => count + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    tokens.set(piece, at);
    at += piece.length;
  }
  return tokensOf(tokens);
}

/** How much text a token is on average. */
export function bytesPerToken(source: TokenSource, tokenizer: Tokenizer): number {
  if (byteShift(tokenizer) !== null || source.length === 0) return 1;
  const [step, context] = [2 ** 16, 4];
  let bytes = 0;
  for (let start = 0; start < source.length; start += step) {
    // What a token reads as may depend on the few before it.
    const before = Math.min(context, start);
    const tokens = source.read(start - before, before + Math.min(step, source.length - start));
    const sizeOf = (part: Int32Array) => Buffer.byteLength(tokenizer.decode(part));
    bytes += sizeOf(tokens) - sizeOf(tokens.subarray(0, before));
  }
  return bytes / source.length;
}
