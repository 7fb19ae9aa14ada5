/**
 * A SentencePiece model as a `tokenizer.json`, so that one library reads both.
 *
 * Unigram pieces carry over as they are. A BPE model holds no merges, only pieces with their rank as score: any two pieces
 * that make a piece may merge, the best-ranked first. So the merges are all splits of each piece in two pieces, in
 * the order of rank.
 *
 * Normalisation is the library's rendering of `nmt_nfkc` (NFKC, control characters dropped, white space to spaces), not
 * the table inside the model; on rare compatibility characters the two can differ.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { parseSentencePiece, type Piece, type SentencePieceModel } from "./sentencepiece-model";
import { piecesAreWords, wordMark } from "./split-words";
import type { TokenizerFile } from "./tokenizer-file";
import { subwordTokenizer } from "./subword-tokenizer";
import type { Tokenizer } from "../tokenizer";

/**
 * The tokenizer of a SentencePiece model, unigram or byte pairs.
 *
 * @param bytes a `.model` file
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no SentencePiece model, or one of a kind that is not supported
 */
export function sentencePieceTokenizer(bytes: Uint8Array, name: string): Tokenizer {
  return subwordTokenizer(sentencePieceFile(bytes, name), name);
}

/** The same model as the content of a `tokenizer.json`. */
export function sentencePieceFile(bytes: Uint8Array, name: string): TokenizerFile {
  const model = parseSentencePiece(bytes, name);
  return {
    version: "1.0",
    added_tokens: model.pieces.flatMap(({ text, kind }, id) =>
      kind === "control" || kind === "user-defined"
        ? [
            {
              id,
              content: text,
              special: kind === "control",
              normalized: false,
              single_word: false,
              lstrip: false,
              rstrip: false,
            },
          ]
        : [],
    ),
    normalizer: normalizerOf(model, name),
    pre_tokenizer: {
      type: "Metaspace",
      replacement: wordMark,
      prepend_scheme: model.normalizer.addDummyPrefix ? "always" : "never",
      split: piecesAreWords(model.pieces.map(({ text }) => text)),
    },
    post_processor: null,
    decoder: decoderOf(model),
    model: model.algorithm === "bpe" ? bytePairs(model) : unigram(model),
  };
}

function normalizerOf({ normalizer }: SentencePieceModel, name: string): object | null {
  const steps: object[] = [];
  if (normalizer.name === "nmt_nfkc") steps.push({ type: "Precompiled", precompiled_charsmap: null });
  else if (normalizer.name === "nfkc") steps.push({ type: "NFKC" });
  else if (normalizer.name !== "identity") {
    throw new InputError({
      field: name,
      given: `a model normalised by "${normalizer.name}"`,
      allowed: "one normalised by nmt_nfkc, nfkc or identity",
    });
  }
  if (normalizer.removeExtraWhitespaces) {
    steps.push({ type: "Strip", strip_left: true, strip_right: true });
    steps.push({ type: "Replace", pattern: { Regex: " {2,}" }, content: " " });
  }
  return steps.length > 0 ? { type: "Sequence", normalizers: steps } : null;
}

function decoderOf({ byteFallback, normalizer }: SentencePieceModel): object {
  const metaspace = {
    type: "Metaspace",
    replacement: wordMark,
    prepend_scheme: normalizer.addDummyPrefix ? "always" : "never",
  };
  if (!byteFallback) return metaspace;
  return { type: "Sequence", decoders: [{ type: "ByteFallback" }, metaspace] };
}

function unigram({ pieces, byteFallback }: SentencePieceModel): object {
  return {
    type: "Unigram",
    unk_id: pieces.findIndex(({ kind }) => kind === "unknown"),
    vocab: pieces.map(({ text, score }) => [text, score]),
    byte_fallback: byteFallback,
  };
}

function bytePairs({ pieces, byteFallback }: SentencePieceModel): object {
  const vocab = Object.fromEntries(pieces.map(({ text }, token) => [text, token]));
  return {
    type: "BPE",
    vocab,
    merges: mergesOf(pieces),
    unk_token: pieces.find(({ kind }) => kind === "unknown")!.text,
    fuse_unk: true,
    byte_fallback: byteFallback,
  };
}

function mergesOf(pieces: readonly Piece[]): [string, string][] {
  const normal = pieces.filter(({ kind }) => kind === "normal");
  const texts = new Set(normal.map(({ text }) => text));
  return normal
    .toSorted((a, b) => b.score - a.score)
    .flatMap(({ text }) => {
      const characters = Array.from(text);
      return characters
        .slice(1)
        .map((_, i): [string, string] => [
          characters.slice(0, i + 1).join(""),
          characters.slice(i + 1).join(""),
        ])
        .filter(([left, right]) => texts.has(left) && texts.has(right));
    });
}
