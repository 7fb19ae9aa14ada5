import type { Tokenizer } from "../tokenizer";
import { tokenizerFromJSON } from "../tokenizer-from-json";
import { subwordTokenizer } from "./subword-tokenizer";

/**
 * The tokenizer that {@link Tokenizer.toJSON} described, subword vocabularies included.
 * @throws InputError when it describes none
 */
export function anyTokenizerFromJSON(json: unknown): Tokenizer {
  return tokenizerFromJSON(json, (file) => subwordTokenizer(file, "tokenizer"));
}
