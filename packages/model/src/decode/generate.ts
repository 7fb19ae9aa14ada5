/** Continues a sequence, token by token. */
import { InputError } from "@reformer-ts/internal-checks";
import { Random } from "@reformer-ts/internal-random";
import { checkLength } from "../batch";
import type { Reformer } from "../reformer";
import { sample, type SamplingOptions } from "../sampling";
import { createDecoder } from "./decoder";

export interface GenerateOptions extends SamplingOptions {
  maxTokens: number;
  /** Decides every draw. */
  seed?: number;
}

/**
 * Yields up to `maxTokens` tokens that continue `prompt`. Stop early by leaving the loop.
 *
 * @throws InputError when the prompt is empty, a token is unknown, or the result would outgrow the position table
 */
export async function* generate(
  model: Reformer,
  prompt: Int32Array,
  { maxTokens, seed = 0, ...sampling }: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  checkPrompt(model, prompt, maxTokens);
  const random = Random.fromSeed(seed);
  const decoder = createDecoder(model);
  try {
    let [logits] = await decoder.read([prompt]);
    for (let i = 0; i < maxTokens; i++) {
      const token = sample(logits!, random, sampling);
      yield token;
      if (i + 1 < maxTokens) [logits] = await decoder.append([token]);
    }
  } finally {
    decoder.dispose();
  }
}

function checkPrompt({ config }: Reformer, prompt: Int32Array, maxTokens: number): void {
  const { vocabSize } = config;
  const wrong = prompt.findIndex((token) => token < 0 || token >= vocabSize);
  if (prompt.length === 0 || wrong >= 0) {
    throw new InputError({
      field: wrong >= 0 ? `prompt[${wrong}]` : "prompt",
      given: wrong >= 0 ? String(prompt[wrong]) : "empty",
      allowed: wrong >= 0 ? `a token from 0 to ${vocabSize - 1}` : "at least one token",
    });
  }
  checkLength(config, "prompt and continuation", prompt.length + maxTokens);
}
