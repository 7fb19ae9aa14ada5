/** Which text a model's tokens are: what lies beside its weights says so, or else the size of its vocabulary. */
import {
  byteTokenizer,
  genomeTokenizer,
  musicTokenizer,
  numberTokenizer,
  reserveTokens,
  type Tokenizer,
  tokenizerFromJSON,
} from "@reformer-ts/data";
import { sentencePieceTokenizer, subwordTokenizer } from "@reformer-ts/data/subword";
import { type CheckpointFiles, parseObject, type ReformerConfig } from "@reformer-ts/model";
import type { TrainerState } from "../run/trainer-state";

/** What a checkpoint of ours calls its tokenizer. */
export type TokenizerKind = TrainerState["tokenizer"]["type"];

export const tokenizerFile = "tokenizer.json";
/** An alphabet, as our own description of it: `tokenizer.json` has no kind of model that is just characters. */
const charactersFile = "characters.json";

/**
 * @param kind what our own checkpoint says
 * @returns null when nothing says what a token is
 * @throws InputError when a tokenizer's file is damaged or of an unknown kind
 */
export async function tokenizerBeside(
  files: CheckpointFiles,
  { vocabSize }: Pick<ReformerConfig, "vocabSize">,
  kind?: TokenizerKind,
): Promise<Tokenizer | null> {
  if (kind === "bytes") return byteTokenizer();
  if (kind === "none") return null;
  if (kind === "genome") return genomeTokenizer();
  if (kind === "music") return musicTokenizer();
  if (kind === "numbers") return numberTokenizer(vocabSize);
  const alphabet = await files.read(charactersFile);
  if (alphabet !== null) return tokenizerFromJSON(parseObject(alphabet, `${files.where}/${charactersFile}`));
  const json = await files.read(tokenizerFile);
  const jsonName = `${files.where}/${tokenizerFile}`;
  if (json !== null) {
    const subwords = subwordTokenizer(parseObject(json, jsonName), jsonName);
    return kind === "reserved" ? reserveTokens(subwords) : subwords;
  }
  if (kind === "reserved") return reserveTokens(byteTokenizer());
  const pieces = await files.read("spiece.model");
  if (pieces !== null) return sentencePieceTokenizer(pieces, `${files.where}/spiece.model`);
  // The authors' byte models leave room for padding and an end; other vocabularies may have been rounded up.
  if (vocabSize === 258) return reserveTokens(byteTokenizer());
  return vocabSize >= 256 ? byteTokenizer() : null;
}

export function tokenizerKind(tokenizer: Tokenizer | null): TokenizerKind {
  if (tokenizer === null) return "none";
  return tokenizer.toJSON().type;
}

/** What must lie beside weights so that {@link tokenizerBeside} finds the tokenizer again. */
export function tokenizerFiles(tokenizer: Tokenizer | null): Record<string, Uint8Array> {
  const outer = tokenizer?.toJSON();
  const json = outer?.type === "reserved" ? outer.tokenizer : outer;
  const encoded = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  if (json?.type === "characters") return { [charactersFile]: encoded(json) };
  return json?.type === "subword" ? { [tokenizerFile]: encoded(json.file) } : {};
}
