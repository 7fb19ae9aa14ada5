export { type Tokenizer, type TokenizerJSON, type TextStream, tokenizerFromJSON } from "./tokenizer";
export { byteTokenizer } from "./bytes";
export { characterTokenizer, characterTokenizerFor } from "./characters";
export { decodeText, unixLines } from "./text";
export { type TokenSource, type TokenArray, tokensOf, sliceOf, concatenate } from "./token-source";
export { type Split, splitTail, splitByFractions, splitByCounts } from "./split";
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
export { type RecordOptions, records, shuffled } from "./records";
export { type CopyTaskOptions, copyTask } from "./copy-task";
export { bitsPerByte } from "./bits";
