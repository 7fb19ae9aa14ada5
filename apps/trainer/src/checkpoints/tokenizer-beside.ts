/** Which text a model's tokens are: what lies beside its weights says so, or else the size of its vocabulary. */
import { byteTokenizer, reserveTokens, type Tokenizer } from "@reformer-ts/data";
import { sentencePieceTokenizer, subwordTokenizer } from "@reformer-ts/data/subword";
import { type CheckpointFiles, parseObject, type ReformerConfig } from "@reformer-ts/model";
import type { TrainerState } from "../run/trainer-state";

/** What a checkpoint of ours calls its tokenizer. */
export type TokenizerKind = TrainerState["tokenizer"]["type"];

export const tokenizerFile = "tokenizer.json";

/**
 * @param kind what our own checkpoint says
 * @returns null when nothing says what a token is
 * @throws InputError when a tokenizer's file is damaged or of an unknown kind
 */
export async function tokenizerBeside(
  files: CheckpointFiles,
  { vocabSize }: ReformerConfig,
  kind?: TokenizerKind,
): Promise<Tokenizer | null> {
  if (kind === "bytes") return byteTokenizer();
  if (kind === "none") return null;
  const json = await files.read(tokenizerFile);
  const jsonName = `${files.where}/${tokenizerFile}`;
  if (json !== null) return subwordTokenizer(parseObject(json, jsonName), jsonName);
  const pieces = await files.read("spiece.model");
  if (pieces !== null) return sentencePieceTokenizer(pieces, `${files.where}/spiece.model`);
  // The authors' byte models leave room for padding and an end; other vocabularies may have been rounded up.
  if (vocabSize === 258) return reserveTokens(byteTokenizer());
  return vocabSize >= 256 ? byteTokenizer() : null;
}

export function tokenizerKind(tokenizer: Tokenizer | null): TokenizerKind {
  if (tokenizer === null) return "none";
  const { type } = tokenizer.toJSON();
  return type === "bytes" || type === "reserved" ? type : "subword";
}

/** What must lie beside weights so that {@link tokenizerBeside} finds the tokenizer again. */
export function tokenizerFiles(tokenizer: Tokenizer | null): Record<string, Uint8Array> {
  const json = tokenizer?.toJSON();
  if (json?.type !== "subword") return {};
  return { [tokenizerFile]: new TextEncoder().encode(JSON.stringify(json.file)) };
}
