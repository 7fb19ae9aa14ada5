/**
 * Training, from the first step to the last: take windows, move the weights, and from time to time measure, write and
 * save. Everything that happens in a step is a function of the config and the step's number, so a run that was
 * interrupted goes on as if it had not been.
 */
import { batches, randomWindows } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import { learningRateAt, trainStep } from "@reformer-ts/model";
import { evaluate, sample } from "./observe";
import type { Session, Watcher } from "./session";
import { nextTurn } from "./stop";
import { timePlan } from "./time-plan";

/**
 * Trains until the last step or until asked to stop; either way everything is saved.
 *
 * @returns bits per byte of all that is held out, or null when stopped before that
 * @throws InputError when the loss is no number any more
 */
export async function train(session: Session, watcher: Watcher): Promise<number | null> {
  const { config, corpus, progress, clock, stop } = session;
  const { training } = config;
  const windows = randomWindows(corpus.train, {
    length: training.length,
    seed: deriveSeed(training.seed, "data"),
  });
  const reader = batches(windows, { batch: training.batch, position: progress.dataPosition });
  const plan = timePlan(training.minutes ?? 0);

  const evaluationBegan = clock();
  if (progress.step === 0 && training.evaluateEvery !== 0) await evaluate(session, watcher, { whole: false });
  const evaluationSeconds = clock() - evaluationBegan;

  while (progress.step < (training.steps ?? Infinity) && stop.signal === null) {
    const began = clock();
    const step = progress.step + 1;
    const { inputs, targets, shape } = reader.next();
    const figures = await takeStep(session, step, { inputs, targets, batch: shape[0], length: shape[1] });
    const seconds = clock() - began;

    Object.assign(progress, {
      step,
      tokens: progress.tokens + inputs.length,
      seconds: clock(),
      dataPosition: reader.position,
      heldOut: null,
    });
    const memory = process.resourceUsage().maxRSS * 1024;
    watcher.step({
      step,
      tokens: progress.tokens,
      seconds: progress.seconds,
      ...figures,
      tokensPerSecond: inputs.length / seconds,
      memory,
    });

    if (training.steps === null) {
      const more = plan.afterStep(seconds, {
        seconds: session.secondsLeft(),
        reserve: reservedSeconds(session, evaluationSeconds),
      });
      if (more !== null) watcher.planned((training.steps = step + more));
    }

    // A signal is heard here, or in one of the pauses below: all before it is decided whether to save.
    await nextTurn();
    const last = step === training.steps;
    const due = (every: number | "auto", parts: number) =>
      isDue(every, { step, steps: training.steps, parts });
    if (last || due(training.evaluateEvery, 10))
      progress.heldOut = await evaluate(session, watcher, { whole: false });
    if (due(training.sampleEvery, 4)) await sample(session, watcher);
    if (last || stop.signal !== null || due(training.checkpointEvery, 10))
      await watcher.save({ ...progress, seconds: clock() });
  }
  return stop.signal === null ? evaluate(session, watcher, { whole: true }) : null;
}

/** One update, and its figures as they are logged. */
async function takeStep(
  { config: { training }, model, optimizer }: Session,
  step: number,
  batch: Parameters<typeof trainStep>[2],
) {
  const { schedule: kind, learningRate: peak, warmup, steps } = training;
  const learningRate = learningRateAt({ kind, peak, warmup, total: steps ?? Infinity }, step);
  const seed = deriveSeed(training.seed, "step", step);
  const { clipNorm, keepLayers } = training;
  const taken = trainStep(model, optimizer, batch, { seed, learningRate, clipNorm, keepLayers });
  const loss = await read(taken.loss);
  const norm = taken.gradientNorm === null ? null : await read(taken.gradientNorm);
  requireFinite("loss", loss, step);
  if (norm !== null) requireFinite("gradient", norm, step);
  return {
    "train/loss": loss,
    "train/bitsPerByte": loss / Math.LN2,
    ...(norm === null ? {} : { "train/gradientNorm": norm }),
    learningRate,
  };
}

/** @param every a number of steps, 0 for never, or `auto` for `parts` times in the run */
function isDue(
  every: number | "auto",
  { step, steps, parts }: { step: number; steps: number | null; parts: number },
): boolean {
  if (every === "auto") return steps !== null && step % Math.ceil(steps / parts) === 0;
  return every > 0 && step % every === 0;
}

/** Time that the planned steps must leave: ten evaluations, the one of everything, and some to sample and save. */
function reservedSeconds({ config: { training }, corpus }: Session, evaluationSeconds: number): number {
  const whole = corpus.heldOut.length / Math.min(training.evaluateTokens, corpus.heldOut.length);
  const samples = training.sampleEvery === 0 ? 0 : training.sampleTokens * 0.04;
  return evaluationSeconds * (10 + whole) + samples + 2;
}

async function read(scalar: { data(): Promise<ArrayLike<number>>; dispose(): void }): Promise<number> {
  const { 0: value } = await scalar.data();
  scalar.dispose();
  return value!;
}

function requireFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new InputError({
    field: `the ${what} of step ${step}`,
    given: String(value),
    allowed:
      "a number: training stopped, and what was saved before is kept; resume with a lower --learning-rate, a longer --warmup or --clip-norm 1",
  });
}
