/** What turns text into tokens, when no weights say so yet: bytes, a vocabulary that there is, or one learnt from the text. */
import { byteTokenizer, type Tokenizer } from "@reformer-ts/data";
import { readBytes } from "@reformer-ts/data/node";
import { sentencePieceTokenizer, subwordTokenizer, trainBytePairs } from "@reformer-ts/data/subword";
import { InputError } from "@reformer-ts/internal-checks";
import { parseObject } from "@reformer-ts/model";

const isCount = (choice: string) => /^\d+$/.test(choice);

/**
 * @param choice `bytes`, the path of a tokenizer.json or of a SentencePiece .model, or a number: so many subwords
 * @param text what is trained on, asked for only when subwords are to be learnt from it
 * @throws InputError when the file is missing, damaged or of another kind, or the number is out of range
 */
export function chooseTokenizer(choice: string, text: () => string): Tokenizer {
  if (choice === "bytes") return byteTokenizer();
  if (isCount(choice)) return trainBytePairs(text(), { vocabSize: Number(choice) });
  if (choice.endsWith(".json")) return subwordTokenizer(parseObject(readBytes(choice), choice), choice);
  if (/\.(model|spm)$/.test(choice)) return sentencePieceTokenizer(readBytes(choice), choice);
  throw new InputError({
    field: "tokenizer",
    given: choice,
    allowed:
      "bytes, reserved-bytes, characters, a number of subwords, or a file ending in .json (tokenizer.json) or .model (SentencePiece)",
  });
}

/** Tokens of such a vocabulary, at most; null where a file has to be read to know. */
export function tokensChosen(choice: string): number | null {
  if (choice === "bytes") return 256;
  return isCount(choice) ? Number(choice) : null;
}
