import { tokenizerFromJSON, type Tokenizer } from "../tokenizer";
import { subwordTokenizer } from "./subword-tokenizer";

/**
 * The tokenizer that {@link Tokenizer.toJSON} described, subword vocabularies included.
 * @throws InputError when it describes none
 */
export function anyTokenizerFromJSON(json: unknown): Tokenizer {
  const { type, file } = Object(json) as { type?: unknown; file?: unknown };
  return type === "subword" ? subwordTokenizer(file, "tokenizer") : tokenizerFromJSON(json);
}
