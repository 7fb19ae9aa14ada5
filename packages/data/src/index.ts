export type { TextStream, Tokenizer, TokenizerJSON } from "./tokenizer";
export { tokenizerFromJSON } from "./tokenizer-from-json";
export { byteTokenizer } from "./bytes";
export { characterTokenizer, characterTokenizerFor } from "./characters";
export { endToken, padToken, reserveTokens } from "./reserved";
export { decodeText, unixLines } from "./text";
export { stripGutenberg } from "./gutenberg";
export { type TokenSource, type TokenArray, tokensOf, sliceOf, concatenate } from "./token-source";
export { type Split, splitTail, splitByFractions, splitByCounts, splitStandard } from "./split";
export { type Example, type Examples, ignored } from "./examples";
export {
  type Batch,
  type BatchOptions,
  type BatchReader,
  type DataPosition,
  batches,
  batchesOnce,
} from "./batches";
export { type SequentialOptions, randomWindows, sequentialWindows } from "./windows";
export { recordSource, selectRecords } from "./record-source";
export { type RecordOptions, records, shuffled } from "./records";
export { type CopyTaskOptions, copyTask } from "./copy-task";
export { type Pair, type PairOptions, alignedPairs, pairExamples, tabSeparatedPairs } from "./pairs";
export {
  type Chorales,
  type Step,
  musicPieces,
  musicTokens,
  musicVocabSize,
  parseChorales,
} from "./chorales";
export { musicTokenizer, parseMusic } from "./music-tokenizer";
export { midiFile } from "./midi/midi-file";
export { genomeAlphabet, genomeText, parseFasta } from "./fasta";
export { genomeTokenizer } from "./genome-tokenizer";
export { numberTokenizer } from "./number-tokenizer";
export { type NumericArray, tokensOfArray } from "./numeric-array";
export { parseIdx } from "./idx";
export { parseNpy } from "./npy";
export { type MarkovOptions, markovBits } from "./markov";
export { bitsPerByte } from "./bits";
