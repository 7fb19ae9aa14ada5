/** What a token of text is, as a config names it. */
import { byteTokenizer, characterTokenizerFor, reserveTokens, type Tokenizer } from "@reformer-ts/data";
import { isPrepared, openPrepared, readBytes, textPieces } from "@reformer-ts/data/node";
import { sentencePieceTokenizer, subwordTokenizer } from "@reformer-ts/data/subword";
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync } from "node:fs";
import type { RunConfig } from "../config/schema";
import { parseJson } from "../run/trainer-state";
import { corpusFiles } from "./corpus-files";

/** A vocabulary of millions of tokens is shorter. */
const maxBytes = 2 ** 28;

/** @throws InputError when it is neither a known name nor a file that can be read as a tokenizer */
export function textTokenizer(data: RunConfig["data"]): Tokenizer {
  if (isPrepared(data.corpus)) {
    const { tokenizer, source } = openPrepared(data.corpus);
    source.close();
    return tokenizer;
  }
  switch (data.tokenizer) {
    case "bytes":
      return byteTokenizer();
    case "reserved-bytes":
      return reserveTokens(byteTokenizer());
    case "characters":
      return characterTokenizerFor(charactersOf(data));
    default:
      return readTokenizer(data.tokenizer);
  }
}

/** @throws InputError when the file is missing, or no tokenizer */
export function readTokenizer(path: string): Tokenizer {
  const isJson = path.endsWith(".json");
  if (!existsSync(path) || !(isJson || /\.model(\.\w+)?$/.test(path))) {
    throw new InputError({
      field: "tokenizer",
      given: existsSync(path) ? path : `${path}, which is missing`,
      allowed: "bytes, reserved-bytes, characters, or the path of a tokenizer.json or a SentencePiece .model",
    });
  }
  const bytes = readBytes(path, { maxBytes });
  return isJson
    ? subwordTokenizer(parseJson(new TextDecoder().decode(bytes), path), path)
    : sentencePieceTokenizer(bytes, path);
}

/** Each of the corpus once. */
function charactersOf(data: RunConfig["data"]): string {
  const { path, heldOut } = corpusFiles(data, "text");
  const characters = new Set<string>();
  for (const file of heldOut === null ? [path] : [path, heldOut])
    for (const piece of textPieces(file)) for (const character of piece) characters.add(character);
  return [...characters].join("");
}
