/** Sentences in, their translations out, as text. */
import { endToken, type Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { type EncoderDecoder, translate, type TranslateOptions } from "@reformer-ts/model";

export interface TranslateTextsOptions extends TranslateOptions {
  /** Longest source in tokens, its end included. */
  sourceTokens: number;
}

/**
 * @returns a translation for each; of an empty sentence an empty one
 * @throws InputError naming the sentence that is too long
 */
export async function translateTexts(
  model: EncoderDecoder,
  tokenizer: Tokenizer,
  sentences: readonly string[],
  { sourceTokens, ...options }: TranslateTextsOptions,
): Promise<string[]> {
  const encoded = sentences.map((sentence) => tokenizer.encode(sentence.trim()));
  const tooLong = encoded.findIndex(({ length }) => length + 1 > sourceTokens);
  if (tooLong >= 0) {
    throw new InputError({
      field: `sentence "${excerpt(sentences[tooLong]!)}"`,
      given: `${encoded[tooLong]!.length} tokens`,
      allowed: `at most ${sourceTokens - 1}, as many as the model has learned to read`,
    });
  }
  const asked = [...encoded.keys()].filter((i) => encoded[i]!.length > 0);
  const sources = asked.map((i) => Int32Array.from([...encoded[i]!, endToken]));
  const written = await translate(model, sources, options);
  const result = sentences.map(() => "");
  // A vocabulary may be rounded up: what the tokenizer does not know is no text.
  asked.forEach((i, row) => {
    result[i] = tokenizer.decode(written[row]!.filter((token) => token < tokenizer.vocabSize));
  });
  return result;
}

const excerpt = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
