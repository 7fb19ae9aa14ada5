export { anyTokenizerFromJSON } from "./any-tokenizer";
export { sentencePieceFile, sentencePieceTokenizer } from "./sentencepiece";
export { subwordTokenizer } from "./subword-tokenizer";
export type { TokenizerFile } from "./tokenizer-file";
export { trainBytePairs } from "./train-byte-pairs";
