/** Continues sequences, token by token. */
import { requireInteger } from "@reformer-ts/internal-checks";
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import { checkLength } from "../batch";
import type { Reformer } from "../reformer";
import { sample, type SamplingOptions } from "../sampling";
import { createDecoder, type Decoder } from "./decoder";

export interface GenerateOptions extends SamplingOptions {
  maxTokens: number;
  /** Decides every draw. */
  seed?: number;
}

/**
 * Yields up to `maxTokens` tokens that continue `prompt`. Stop early by leaving the loop.
 *
 * @throws InputError when the prompt is empty, a token is unknown, an option is out of range, or the result would outgrow
 *         the position table
 */
export async function* generate(
  model: Reformer,
  prompt: Int32Array,
  options: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  for await (const [token] of generateBatch(model, [prompt], options)) yield token!;
}

/**
 * Continues several prompts at once: yields a token for each of them, up to `maxTokens` times. Every sequence draws from
 * a stream of its own, so that it does not matter which others are written beside it.
 *
 * @throws InputError as {@link generate}
 */
export async function* generateBatch(
  model: Reformer,
  prompts: readonly Int32Array[],
  options: GenerateOptions,
): AsyncGenerator<number[], void, undefined> {
  requireInteger("maxTokens", options.maxTokens, 0);
  const longest = prompts.reduce((length, prompt) => Math.max(length, prompt.length), 0);
  checkLength(model.config, "prompt and continuation", longest + options.maxTokens);
  const decoder = createDecoder(model);
  try {
    await decoder.read(prompts);
    yield* continueWith(decoder, options);
  } finally {
    decoder.dispose();
  }
}

/**
 * The same for a decoder that has read its prompts. What is yielded is already appended, so the decoder can be asked
 * what the new tokens attend to, and be continued again, with other options.
 *
 * @throws InputError when an option is out of range, or a sequence has filled the position table
 */
export async function* continueWith(
  decoder: Decoder,
  { maxTokens, seed = 0, ...sampling }: GenerateOptions,
): AsyncGenerator<number[], void, undefined> {
  requireInteger("maxTokens", maxTokens, 0);
  const randoms = decoder.logits.map((_, i) =>
    Random.fromSeed(i === 0 ? seed : deriveSeed(seed, "sequence", i)),
  );
  for (let i = 0; i < maxTokens; i++) {
    const tokens = decoder.logits.map((logits, sequence) => sample(logits, randoms[sequence]!, sampling));
    await decoder.append(tokens);
    yield tokens;
  }
}
