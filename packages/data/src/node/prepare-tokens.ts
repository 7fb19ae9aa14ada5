import type { Tokenizer } from "../tokenizer";
import { writeNpyTokens } from "./npy-source";
import { textPieces } from "./text-pieces";

/**
 * A text file or folder encoded into an .npy file of tokens, a megabyte at a time: what a subword vocabulary is trained on when the
 * text is larger than memory. Pieces end with lines, and are encoded each for itself.
 * @returns how many tokens there are, and how many bytes of text, which bits per byte are counted by
 * @throws InputError when a file is missing or not UTF-8, or the place cannot be written to
 */
export function prepareTokens(
  from: string,
  to: string,
  tokenizer: Tokenizer,
  { pieceBytes = 2 ** 20 } = {},
): { tokens: number; bytes: number } {
  let bytes = 0;
  function* encoded(): Generator<Int32Array, void> {
    for (const piece of textPieces(from, { pieceBytes })) {
      bytes += Buffer.byteLength(piece);
      yield tokenizer.encode(piece);
    }
  }
  const tokens = writeNpyTokens(to, encoded(), { vocabSize: tokenizer.vocabSize });
  return { tokens, bytes };
}
