/** The parts of a `tokenizer.json` that are looked at before the library reads the whole. */
export interface TokenizerFile {
  version?: string;
  added_tokens: { id: number; content: string; [key: string]: unknown }[];
  normalizer: object | null;
  pre_tokenizer: object | null;
  post_processor: object | null;
  decoder: object | null;
  model: object;
}
