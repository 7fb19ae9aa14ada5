/** What is looked at while a model learns: text that it never trained on, and text that it writes. Nothing here changes the run. */
import { deriveSeed } from "@reformer-ts/internal-random";
import { passageOf } from "./corpus";
import { measure } from "./evaluate";
import type { Session, Watcher } from "./session";
import { writeOn } from "./write-on";

/**
 * Measures what is held out, or its beginning.
 *
 * @returns bits per byte; null when a signal came in between
 */
export async function evaluate(
  session: Session,
  watcher: Watcher,
  { whole }: { whole: boolean },
): Promise<number | null> {
  const { config, corpus, model, progress, clock, stop, ranks } = session;
  const { length, batch, evaluateStride: stride, evaluateTokens } = config.training;
  const measured = await measure(model, corpus.heldOut, {
    length,
    batch,
    stride,
    bytesPerToken: corpus.bytesPerToken,
    limit: whole ? Infinity : evaluateTokens,
    stop,
    ranks,
  });
  if (measured === null) return null;
  const { step, tokens } = progress;
  watcher.heldOut({ step, tokens, seconds: clock(), "heldOut/bitsPerByte": measured.bitsPerByte, whole });
  return measured.bitsPerByte;
}

/** What the model makes of the first words that it never saw. */
export async function sample(
  { config, corpus, model, progress, ranks }: Session,
  watcher: Watcher,
): Promise<void> {
  if (ranks.rank > 0) return;
  const { training } = config;
  const maxTokens = Math.min(training.sampleTokens, config.model.maxLength - 1);
  const prompt = passageOf(corpus, 0, Math.min(256, training.length));
  const seed = deriveSeed(training.seed, "sample", progress.step);
  let text = "";
  const { tokenizer } = corpus;
  for await (const piece of writeOn(model, tokenizer, prompt, { maxTokens, temperature: 0.8, seed }))
    text += piece;
  watcher.sample(text, progress.step);
}
