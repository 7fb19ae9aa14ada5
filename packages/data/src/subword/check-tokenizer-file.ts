/** The library trusts its input; this does not. */

import { InputError } from "@reformer-ts/internal-checks";

import type { TokenizerFile } from "./tokenizer-file";

const types = new Set<unknown>(["BPE", "Unigram", "WordPiece"]);

/** Far above any vocabulary in use; below what would exhaust memory. */
const mostTokens = 2 ** 22;

/**
 * The parsed content of a `tokenizer.json`, when its vocabulary is one: distinct pieces, tokens that are small integers.
 * @throws InputError otherwise
 */
export function checkTokenizerFile(file: unknown, name: string): TokenizerFile {
  const refuse = (given: string): never => {
    throw new InputError({ field: name, given, allowed: "the content of a tokenizer.json" });
  };
  if (!isRecord(file) || !isRecord(file.model)) return refuse("without a model");
  const { model, added_tokens: added = [] } = file;
  // A type that the library does not know would be read as a list of whole words, and all text as unknown.
  if (!types.has(model.type)) refuse(`a model of type ${JSON.stringify(model.type)}`);
  if (!Array.isArray(added)) return refuse("a file whose added_tokens are no list");

  const tokens = new Set<number>();
  const note = (token: unknown, content: unknown) => {
    const isToken = Number.isInteger(token) && (token as number) >= 0 && (token as number) < mostTokens;
    if (!isToken || typeof content !== "string")
      refuse(`a vocabulary with ${JSON.stringify([content, token])}`);
    tokens.add(token as number);
  };
  const { vocab, merges } = model;
  if (Array.isArray(vocab)) {
    vocab.forEach((entry: unknown, token) => {
      const [content, score] = Array.isArray(entry) ? (entry as unknown[]) : [entry];
      if (typeof score !== "number" || !Number.isFinite(score))
        refuse(`a vocabulary with ${JSON.stringify(entry)}`);
      note(token, content);
    });
  } else if (isRecord(vocab)) {
    for (const [content, token] of Object.entries(vocab)) note(token, content);
  } else refuse("a model without a vocabulary");
  for (const entry of added)
    note(isRecord(entry) ? entry.id : undefined, isRecord(entry) ? entry.content : entry);
  if (tokens.size === 0) refuse("a model with an empty vocabulary");
  if (model.type === "BPE" && !(Array.isArray(merges) && merges.every(isMerge)))
    refuse("a BPE model without merges");
  return {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...file,
    added_tokens: added,
    model,
  };
}

function isMerge(merge: unknown): boolean {
  if (typeof merge === "string") return merge.split(" ").length === 2;
  return Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
