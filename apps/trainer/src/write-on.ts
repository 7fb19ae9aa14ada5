/** Text that continues text, as it is made. */
import type { Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { generate, type GenerateOptions, mostPositions, type Reformer } from "@reformer-ts/model";
import { nextTurn } from "./stop";

/**
 * Yields text; characters of several bytes come whole. Of a long prompt the model reads the end, as much as its
 * positions allow.
 *
 * @throws InputError when `maxTokens` leaves no position for a prompt
 */
export async function* writeOn(
  model: Reformer,
  tokenizer: Tokenizer,
  prompt: Int32Array,
  { onToken = () => {}, ...options }: GenerateOptions & { onToken?: (token: number) => void },
): AsyncGenerator<string, void> {
  const text = tokenizer.stream();
  for await (const token of generate(model, fitPrompt(model, prompt, options.maxTokens), options)) {
    onToken(token);
    // A vocabulary may be rounded up: what the tokenizer does not know is no text.
    const piece = token < tokenizer.vocabSize ? text.push(token) : "\ufffd";
    if (piece !== "") yield piece;
    await nextTurn();
  }
  yield text.end();
}

/** What to say of a text that grows beyond the windows that a model was trained on; nothing, where its positions are computed. */
export function beyondTraining(
  { config }: Reformer,
  { prompt, maxTokens, trained }: { prompt: number; maxTokens: number; trained: number },
): string | undefined {
  const positions = mostPositions(config);
  if (positions === Infinity || Math.min(prompt + maxTokens, positions) <= trained) return undefined;
  return `Trained on ${trained} tokens at a time: positions from there on were never learned, and what stands there may make no sense.`;
}

function fitPrompt({ config }: Reformer, prompt: Int32Array, maxTokens: number): Int32Array {
  const room = mostPositions(config) - maxTokens;
  if (room < 1) {
    throw new InputError({
      field: "--tokens",
      given: `${maxTokens}`,
      allowed: `less than maxLength = ${config.maxLength}, the positions that the model has`,
    });
  }
  return prompt.slice(Math.max(0, prompt.length - room));
}
