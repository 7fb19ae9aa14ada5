/**
 * Subword vocabularies in the format of Hugging Face's `tokenizer.json`, read by their own library.
 *
 * Text is encoded as it is, without the special tokens that a file may ask to put around it: a corpus is one stream.
 */

import { Tokenizer as Library } from "@huggingface/tokenizers";
import { InputError } from "@reformer-ts/internal-checks";

import { checkToken } from "../check-token";
import type { Tokenizer } from "../tokenizer";
import { streamOf } from "./stream";
import { checkTokenizerFile } from "./check-tokenizer-file";
import { withWordsApart } from "./split-words";

/**
 * The tokenizer of a `tokenizer.json`.
 *
 * @param file the parsed content of a `tokenizer.json`
 * @param name what it is, for the error: usually a path
 * @throws InputError when it is no such content, or of a kind that the library does not read
 */
export function subwordTokenizer(file: unknown, name = "tokenizer.json"): Tokenizer {
  const checked = checkTokenizerFile(file, name);
  const library = load(withWordsApart(checked), name);
  const ids = [...library.get_vocab(true).values()];
  const vocabSize = ids.reduce((largest, id) => Math.max(largest, id), -1) + 1;

  const decode = (tokens: ArrayLike<number>) => {
    const list = Array.from(tokens);
    for (const token of list) checkToken(token, vocabSize);
    if (list.length === 0) return "";
    return library.decode(list, { clean_up_tokenization_spaces: false });
  };
  return {
    vocabSize,
    encode(text) {
      if (text === "") return new Int32Array();
      return Int32Array.from(library.encode(text, { add_special_tokens: false }).ids);
    },
    decode,
    stream: () => streamOf(decode),
    toJSON: () => ({ type: "subword", file: checked }),
  };
}

function load(file: object, name: string): Library {
  try {
    return new Library(file, {});
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      { field: name, given: `not understood (${reason})`, allowed: "a tokenizer.json of a known kind" },
      { cause: error },
    );
  }
}
