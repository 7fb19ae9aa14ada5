/** A text encoded into a folder, with a vocabulary that is made from it or given. */
import { prepareText, textPieces } from "@reformer-ts/data/node";
import { trainBytePairs } from "@reformer-ts/data/subword";
import { basename, join } from "node:path";
import { dataSchema } from "../config/schema";
import { corpusFiles } from "../tasks/corpus-files";
import { textTokenizer } from "../tasks/text-tokenizer";

/** A vocabulary is made from so much of a text: more changes it little. */
const mostBytes = 2 ** 26;

interface Wanted {
  vocabSize?: number;
  tokenizer?: string;
  out?: string;
}

/**
 * @returns the folder
 * @throws InputError when the text is missing or not UTF-8, the tokenizer is none, or the folder cannot be written
 */
export function encodeText(corpus: string, { vocabSize, tokenizer, out }: Wanted): string {
  const { path } = corpusFiles({ corpus, heldOutCorpus: null }, "text");
  const folder = out ?? join("prepared", basename(corpus).replace(/\.[^.]*$/, ""));
  const made =
    vocabSize === undefined
      ? textTokenizer(dataSchema.parse({ corpus, tokenizer }))
      : trainBytePairs(beginningOf(path), { vocabSize });
  prepareText(path, folder, made);
  return folder;
}

function beginningOf(path: string): string {
  let text = "";
  for (const piece of textPieces(path)) {
    text += piece;
    if (text.length > mostBytes) break;
  }
  return text;
}
