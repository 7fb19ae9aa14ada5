/**
 * A subword vocabulary made from a text: byte pair encoding (Sennrich et al., 2016) over bytes.
 *
 * The most frequent pair of neighbouring tokens within words becomes a token, again and again; of equally frequent pairs the one
 * with the smaller token numbers, as in Hugging Face's trainer, so that both make the same vocabulary. Meant for the
 * small vocabularies of this project (the paper's novel has 320 tokens): each merge looks through all pairs.
 */

import { InputError } from "@reformer-ts/internal-checks";

import type { Tokenizer } from "../tokenizer";
import { byteCharacters, words } from "./byte-level";
import { PairCounts } from "./pair-counts";
import { subwordTokenizer } from "./subword-tokenizer";
import type { TokenizerFile } from "./tokenizer-file";

const mostTokens = 65_536;

/**
 * A tokenizer with `vocabSize` tokens, or fewer when the text has no pair left that occurs twice.
 * @throws InputError when the size is not within 256 … 65,536
 */
export function trainBytePairs(text: string, { vocabSize }: { vocabSize: number }): Tokenizer {
  if (!Number.isInteger(vocabSize) || vocabSize < 256 || vocabSize > mostTokens) {
    throw new InputError({
      field: "vocabSize",
      given: String(vocabSize),
      allowed: `an integer from 256, the bytes, to ${mostTokens}`,
    });
  }
  const pieces = byteCharacters.toSorted();
  const counts = new PairCounts(wordsOf(text, pieces));
  const merges: [string, string][] = [];
  while (pieces.length < vocabSize) {
    const pair = counts.mostFrequent();
    if (pair === undefined) break;
    merges.push([pieces[pair.left]!, pieces[pair.right]!]);
    pieces.push(merges.at(-1)!.join(""));
    counts.merge(pair, pieces.length - 1);
  }
  return subwordTokenizer(fileOf(pieces, merges), "trained vocabulary");
}

/** Each distinct word of the text as tokens of its bytes, with the number of times that it occurs. */
function wordsOf(text: string, pieces: readonly string[]): { tokens: number[]; count: number }[] {
  const occurrences = new Map<string, number>();
  for (const [word] of text.matchAll(words)) occurrences.set(word, (occurrences.get(word) ?? 0) + 1);
  const tokenOfByte = byteCharacters.map((character) => pieces.indexOf(character));
  const encoder = new TextEncoder();
  return Array.from(occurrences, ([word, count]) => ({
    tokens: Array.from(encoder.encode(word), (byte) => tokenOfByte[byte]!),
    count,
  }));
}

function fileOf(pieces: readonly string[], merges: [string, string][]): TokenizerFile {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: "BPE", vocab: Object.fromEntries(pieces.map((piece, token) => [piece, token])), merges },
  };
}
