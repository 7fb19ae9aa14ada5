/** What a token of text is, as a config names it. */
import { byteTokenizer, characterTokenizerFor, reserveTokens, type Tokenizer } from "@reformer-ts/data";
import { isPrepared, openPrepared, readText, textPieces } from "@reformer-ts/data/node";
import { chooseTokenizer, tokensChosen } from "../choose-tokenizer";
import type { RunConfig } from "../config/schema";
import { corpusFiles } from "./corpus-files";

type Data = RunConfig["data"];

/** @throws InputError when it is neither a known name nor a file that can be read as a tokenizer */
export function textTokenizer(data: Data): Tokenizer {
  if (isPrepared(data.corpus)) {
    const { tokenizer, source } = openPrepared(data.corpus);
    source.close();
    return tokenizer;
  }
  switch (data.tokenizer) {
    case "reserved-bytes":
      return reserveTokens(byteTokenizer());
    case "characters":
      return characterTokenizerFor(charactersOf(data));
    default:
      return chooseTokenizer(data.tokenizer, () => trainedText(data));
  }
}

/** How many there are; of subwords that are yet to be learnt, at most. */
export function textTokens(data: Data): number {
  const known = isPrepared(data.corpus) ? null : tokensChosen(data.tokenizer);
  return known ?? textTokenizer(data).vocabSize;
}

/** Each of the corpus once. */
function charactersOf(data: Data): string {
  const { path, heldOut } = corpusFiles(data, "text");
  const characters = new Set<string>();
  for (const file of heldOut === null ? [path] : [path, heldOut])
    for (const piece of textPieces(file)) for (const character of piece) characters.add(character);
  return [...characters].join("");
}

/** What is held out is not looked at, for a vocabulary neither. */
function trainedText(data: Data): string {
  const { path, heldOut } = corpusFiles(data, "text");
  const text = readText(path);
  const share = data.split === "standard" ? 0.1 : data.heldOut;
  return heldOut === null ? text.slice(0, Math.floor(text.length * (1 - share))) : text;
}
