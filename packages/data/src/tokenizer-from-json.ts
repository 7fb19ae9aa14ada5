import { InputError } from "@reformer-ts/internal-checks";

import { byteTokenizer } from "./bytes";
import { characterTokenizer } from "./characters";
import { genomeTokenizer } from "./genome-tokenizer";
import { musicTokenizer } from "./music-tokenizer";
import { numberTokenizer } from "./number-tokenizer";
import { reserveTokens } from "./reserved";
import type { Tokenizer } from "./tokenizer";

/**
 * The tokenizer that {@link Tokenizer.toJSON} described.
 * @param subword how to read a subword vocabulary; `anyTokenizerFromJSON` of "@reformer-ts/data/subword" gives it, and brings
 *   its library with it
 * @throws InputError when it describes none
 */
export function tokenizerFromJSON(json: unknown, subword?: (file: unknown) => Tokenizer): Tokenizer {
  const fields = Object(json) as Record<string, unknown>;
  const { type } = fields;
  if (type === "bytes") return byteTokenizer();
  if (type === "characters" && typeof fields.characters === "string")
    return characterTokenizer(fields.characters);
  if (type === "genome") return genomeTokenizer();
  if (type === "music") return musicTokenizer();
  if (type === "numbers") return numberTokenizer(fields.vocabSize as number);
  if (type === "subword" && subword !== undefined) return subword(fields.file);
  if (type === "reserved" && Object(fields.tokenizer).type !== "reserved") {
    return reserveTokens(tokenizerFromJSON(fields.tokenizer, subword), { count: fields.count as number });
  }
  throw new InputError({
    field: "tokenizer",
    given: JSON.stringify(json)?.slice(0, 80) ?? "undefined",
    allowed: `{ "type": "bytes" }, or of type "characters", "genome", "music", "numbers", ${subword ? '"subword" ' : ""}or "reserved" with what belongs to it`,
  });
}
