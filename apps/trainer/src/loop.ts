/**
 * Training, from the first step to the last: take windows, move the weights, and from time to time measure, write and
 * save. Everything that happens in a step is a function of the config and the step's number, so a run that was
 * interrupted goes on as if it had not been.
 */
import { batches, randomWindows } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import { learningRateAt, type Optimizer, type Reformer, trainStep } from "@reformer-ts/model";
import type { RunConfig, TrainingConfig } from "./config/schema";
import { type Corpus, passageOf } from "./corpus";
import { measure } from "./evaluate";
import type { HeldOutMetrics, StepMetrics } from "./run/metrics";
import type { TrainerState } from "./run/trainer-state";
import { nextTurn, type StopRequest } from "./stop";
import { timePlan } from "./time-plan";
import { writeOn } from "./write-on";

/** How far a run has come. */
export type Progress = Pick<TrainerState, "step" | "tokens" | "seconds" | "dataPosition" | "heldOut">;

export interface Session {
  config: RunConfig;
  corpus: Corpus;
  model: Reformer;
  optimizer: Optimizer;
  /** Where to begin; kept up to date. */
  progress: Progress;
  /** Seconds that are left of the run's minutes. */
  secondsLeft(): number;
  stop: Pick<StopRequest, "signal">;
}

/** Who is told what happens. `save` must be done before it returns. */
export interface Watcher {
  step(metrics: StepMetrics): void;
  heldOut(metrics: HeldOutMetrics): void;
  sample(text: string): void;
  /** The number of steps became known. */
  planned(steps: number): void;
  save(progress: Progress): Promise<void>;
}

export const startOfRun: Progress = { step: 0, tokens: 0, seconds: 0, dataPosition: { examples: 0 }, heldOut: null };

/**
 * Trains until the last step or until asked to stop; either way everything is saved.
 *
 * @returns bits per byte of all that is held out, or null when stopped before that
 * @throws InputError when the loss is no number any more
 */
export async function train(session: Session, watcher: Watcher): Promise<number | null> {
  const { config, corpus, model, optimizer, progress, stop } = session;
  const { training } = config;
  const windows = randomWindows(corpus.train, { length: training.length, seed: deriveSeed(training.seed, "data") });
  const reader = batches(windows, { batch: training.batch, position: progress.dataPosition });
  const clock = resumeClock(progress);
  const plan = timePlan(training.minutes ?? 0);
  let steps = training.steps;
  let evaluationSeconds = 0;
  if (progress.step === 0 && training.evaluateEvery !== 0) evaluationSeconds = await evaluate(session, watcher, clock);

  while (progress.step < (steps ?? Infinity) && stop.signal === null) {
    const started = performance.now();
    const step = progress.step + 1;
    const { inputs, targets, shape } = reader.next();
    const learningRate = learningRateAt({ kind: training.schedule, peak: training.learningRate, warmup: training.warmup, total: steps ?? Infinity }, step);
    const moved = trainStep(model, optimizer, { inputs, targets, batch: shape[0], length: shape[1] }, {
      seed: deriveSeed(training.seed, "step", step),
      learningRate,
      clipNorm: training.clipNorm,
      keepLayers: training.keepLayers,
    });
    const loss = await read(moved.loss);
    const gradientNorm = moved.gradientNorm === null ? null : await read(moved.gradientNorm);
    requireFinite(loss, gradientNorm, step);

    const seconds = (performance.now() - started) / 1000;
    Object.assign(progress, { step, tokens: progress.tokens + inputs.length, seconds: clock(), dataPosition: reader.position, heldOut: null });
    watcher.step({
      step,
      tokens: progress.tokens,
      seconds: progress.seconds,
      "train/loss": loss,
      "train/bitsPerByte": loss / Math.LN2,
      ...(gradientNorm === null ? {} : { "train/gradientNorm": gradientNorm }),
      learningRate,
      tokensPerSecond: inputs.length / seconds,
      memory: process.resourceUsage().maxRSS * 1024,
    });

    if (steps === null) {
      steps = plan.afterStep(seconds, { seconds: session.secondsLeft(), reserve: reservedSeconds(session, evaluationSeconds) });
      if (steps !== null) {
        steps = Math.max(steps, step);
        training.steps = steps;
        watcher.planned(steps);
      }
    }
    // A signal is heard here, or in one of the pauses below: all before it is decided whether to save.
    await nextTurn();
    const last = step === steps;
    if (last || isDue(training.evaluateEvery, step, steps, 10)) await evaluate(session, watcher, clock);
    if (isDue(training.sampleEvery, step, steps, 4)) await sample(session, watcher);
    if (last || stop.signal !== null || isDue(training.checkpointEvery, step, steps, 10)) {
      await watcher.save({ ...progress, seconds: clock() });
    }
  }
  return stop.signal === null ? evaluateAll(session, watcher) : null;
}

/** Measures the beginning of what is held out, and tells how many seconds that took. */
async function evaluate({ config: { training }, corpus, model, progress, stop }: Session, watcher: Watcher, clock: () => number): Promise<number> {
  const started = performance.now();
  const measured = await measure(model, corpus.heldOut, { ...windowsOf(training), limit: training.evaluateTokens, interrupted: () => stop.signal !== null });
  if (measured === null) return 0;
  progress.heldOut = measured.bitsPerByte;
  watcher.heldOut({ step: progress.step, tokens: progress.tokens, seconds: clock(), "heldOut/bitsPerByte": measured.bitsPerByte, whole: false });
  return (performance.now() - started) / 1000;
}

async function evaluateAll({ config: { training }, corpus, model, progress, stop }: Session, watcher: Watcher): Promise<number | null> {
  const measured = await measure(model, corpus.heldOut, { ...windowsOf(training), interrupted: () => stop.signal !== null });
  if (measured === null) return null;
  watcher.heldOut({ step: progress.step, tokens: progress.tokens, seconds: progress.seconds, "heldOut/bitsPerByte": measured.bitsPerByte, whole: true });
  return measured.bitsPerByte;
}

/** What the model makes of the first words that it never saw. */
async function sample({ config: { training, model: shape }, corpus, model, progress }: Session, watcher: Watcher): Promise<void> {
  const maxTokens = Math.min(training.sampleTokens, shape.maxLength - 1);
  const prompt = passageOf(corpus.heldOut, 0, Math.min(256, training.length));
  let text = "";
  const seed = deriveSeed(training.seed, "sample", progress.step);
  for await (const piece of writeOn(model, prompt, { maxTokens, temperature: 0.8, seed })) text += piece;
  watcher.sample(text);
}

function windowsOf({ length, batch, evaluateStride }: TrainingConfig) {
  return { length, batch, stride: evaluateStride };
}

/** Time that the planned steps must leave: ten evaluations, the one of everything, and some to sample and save. */
function reservedSeconds({ config: { training }, corpus }: Session, evaluationSeconds: number): number {
  const whole = corpus.heldOut.length / Math.min(training.evaluateTokens, corpus.heldOut.length);
  const samples = training.sampleEvery === 0 ? 0 : training.sampleTokens * 0.04;
  return evaluationSeconds * (10 + whole) + samples + 2;
}

/** @param every a number of steps, 0 for never, or `auto` for `parts` times in the run */
function isDue(every: number | "auto", step: number, steps: number | null, parts: number): boolean {
  if (every === "auto") return steps !== null && step % Math.ceil(steps / parts) === 0;
  return every > 0 && step % every === 0;
}

/** Seconds of training, those of earlier sessions included. */
function resumeClock({ seconds }: Progress): () => number {
  const started = performance.now();
  return () => seconds + (performance.now() - started) / 1000;
}

async function read(scalar: { data(): Promise<ArrayLike<number>>; dispose(): void }): Promise<number> {
  const [value] = Array.from(await scalar.data());
  scalar.dispose();
  return value!;
}

function requireFinite(loss: number, gradientNorm: number | null, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm ?? 0)) return;
  throw new InputError({
    field: `the ${Number.isFinite(loss) ? "gradient" : "loss"} of step ${step}`,
    given: String(Number.isFinite(loss) ? gradientNorm : loss),
    allowed: "a number: training stopped and the checkpoints saved before it are kept; resume with a lower --learning-rate, a longer --warmup or --clip-norm 1",
  });
}
