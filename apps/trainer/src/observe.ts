/** What is looked at while a model learns: what it never trained on, and what it makes of that. Nothing here changes the run. */
import { deriveSeed } from "@reformer-ts/internal-random";
import { measure } from "./evaluate";
import { bitsName } from "./figures";
import type { Session, Watcher } from "./session";

/**
 * Measures what is held out, or some of it.
 *
 * @returns bits per unit; null when a signal came in between
 */
export async function evaluate(
  session: Session,
  watcher: Watcher,
  { whole }: { whole: boolean },
): Promise<number | null> {
  const { config, task, learner, progress, clock, stop, ranks } = session;
  const { length, batch, evaluateStride: stride, evaluateTokens } = config.training;
  const examples = task.heldOut({ length, stride, limit: whole ? Infinity : evaluateTokens });
  const measured = await measure(learner, examples, {
    batch,
    unitsPerToken: task.unitsPerToken,
    stop,
    ranks,
  });
  if (measured === null) return null;
  const { step, tokens } = progress;
  const figure = { [`heldOut/${bitsName(task.unit)}`]: measured.bits } as const;
  watcher.heldOut({ step, tokens, seconds: clock(), ...figure, whole });
  return measured.bits;
}

/** What the model makes of something that it never saw. */
export async function sample(
  { config, task, learner, progress, ranks, stop }: Session,
  watcher: Watcher,
): Promise<void> {
  if (ranks.rank > 0) return;
  const { length, sampleTokens: maxTokens, seed } = config.training;
  const made = await task.sample(learner.model, {
    maxTokens,
    length,
    seed: deriveSeed(seed, "sample", progress.step),
    interrupted: () => stop.heard() > 0,
  });
  watcher.sample(made, progress.step);
}
