/**
 * Words apart from each other before the model sees them.
 *
 * Files in the manner of SentencePiece mark words with U+2581 and let the `Metaspace` step cut before each mark. The
 * library marks but does not cut, so that a novel would be one word: hours instead of seconds. Where no piece
 * reaches across a mark, cutting changes no token; the cut is added to the file as a step of its own.
 */

import type { TokenizerFile } from "./tokenizer-file";

export const wordMark = "\u2581";

const cut = {
  type: "Split",
  pattern: { Regex: `${wordMark}[^${wordMark}]*` },
  behavior: "Isolated",
  invert: false,
};

export function withWordsApart(file: TokenizerFile): TokenizerFile {
  const step = file.pre_tokenizer as { type?: unknown; split?: unknown } | null;
  if (step?.type !== "Metaspace" || step.split === false || !piecesAreWords(piecesOf(file))) return file;
  return { ...file, pre_tokenizer: { type: "Sequence", pretokenizers: [step, cut] } };
}

/** Whether the mark occurs nowhere but at the start of pieces. */
export function piecesAreWords(pieces: readonly string[]): boolean {
  return pieces.every((piece) => piece.lastIndexOf(wordMark) < 1);
}

function piecesOf(file: TokenizerFile): string[] {
  const { vocab } = file.model as { vocab: [string, number][] | Record<string, number> };
  return Array.isArray(vocab) ? vocab.map(([piece]) => piece) : Object.keys(vocab);
}
