/** What a SentencePiece `.model` file says (sentencepiece_model.proto), its training log left aside. */

import { InputError } from "@reformer-ts/internal-checks";

import { float32Of, messageFields, stringOf, type Field } from "./protobuf";

export interface SentencePieceModel {
  algorithm: "unigram" | "bpe";
  /** Token by token. */
  pieces: Piece[];
  normalizer: { name: string; addDummyPrefix: boolean; removeExtraWhitespaces: boolean };
  byteFallback: boolean;
}

export interface Piece {
  text: string;
  score: number;
  kind: PieceKind;
}

const kinds = ["", "normal", "unknown", "control", "user-defined", "unused", "byte"] as const;
type PieceKind = Exclude<(typeof kinds)[number], "">;

const modelPieces = 1;
const modelTrainer = 2;
const modelNormalizer = 3;

/**
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when the bytes are no SentencePiece model, or of an algorithm other than unigram and BPE
 */
export function parseSentencePiece(bytes: Uint8Array, name: string): SentencePieceModel {
  const model: SentencePieceModel = {
    algorithm: "unigram",
    pieces: [],
    normalizer: { name: "", addDummyPrefix: true, removeExtraWhitespaces: true },
    byteFallback: false,
  };
  for (const field of messageFields(bytes, name)) {
    if (field.number === modelPieces) model.pieces.push(parsePiece(field.bytes, name));
    else if (field.number === modelTrainer) Object.assign(model, parseTrainer(field.bytes, name));
    else if (field.number === modelNormalizer) model.normalizer = parseNormalizer(field.bytes, name);
  }
  if (model.pieces.filter(({ kind }) => kind === "unknown").length !== 1) {
    throw new InputError({
      field: name,
      given: `a model of ${model.pieces.length} pieces without one for the unknown`,
      allowed: "a SentencePiece model",
    });
  }
  return model;
}

function parsePiece(bytes: Uint8Array, name: string): Piece {
  const piece: Piece = { text: "", score: 0, kind: "normal" };
  for (const field of messageFields(bytes, name)) {
    if (field.number === 1) piece.text = stringOf(field);
    else if (field.number === 2) piece.score = scoreOf(field, name);
    else if (field.number === 3) piece.kind = kinds[field.integer] || "unused";
  }
  return piece;
}

function scoreOf(field: Field, name: string): number {
  const score = field.bytes.length === 4 ? float32Of(field) : NaN;
  if (Number.isFinite(score)) return score;
  throw new InputError({
    field: name,
    given: "a model with a score that is no number",
    allowed: "a SentencePiece model",
  });
}

function parseTrainer(bytes: Uint8Array, name: string): Partial<SentencePieceModel> {
  const result: Partial<SentencePieceModel> = {};
  for (const { number, integer } of messageFields(bytes, name)) {
    if (number === 3) result.algorithm = algorithmOf(integer, name);
    if (number === 35) result.byteFallback = integer !== 0;
    if (number === 24 && integer !== 0) throw unsupported(name, "whitespace as a suffix");
  }
  return result;
}

function algorithmOf(value: number, name: string): SentencePieceModel["algorithm"] {
  if (value === 1) return "unigram";
  if (value === 2) return "bpe";
  throw unsupported(name, value === 3 ? "words" : "characters");
}

function parseNormalizer(bytes: Uint8Array, name: string): SentencePieceModel["normalizer"] {
  const normalizer = { name: "", addDummyPrefix: true, removeExtraWhitespaces: true };
  for (const field of messageFields(bytes, name)) {
    if (field.number === 1) normalizer.name = stringOf(field);
    if (field.number === 3) normalizer.addDummyPrefix = field.integer !== 0;
    if (field.number === 4) normalizer.removeExtraWhitespaces = field.integer !== 0;
    if (field.number === 5 && field.integer === 0) throw unsupported(name, "spaces that are not escaped");
  }
  return normalizer;
}

function unsupported(name: string, what: string): InputError {
  return new InputError({
    field: name,
    given: `a model of ${what}`,
    allowed: "a unigram or BPE model of the usual kind",
  });
}
