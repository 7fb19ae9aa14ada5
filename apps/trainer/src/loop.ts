/**
 * Training, from the first step to the last: take examples, move the weights, and from time to time measure, write and
 * save. Everything that happens in a step is a function of the config and the step's number, so a run that was
 * interrupted goes on as if it had not been.
 */
import { type Batch, batches } from "@reformer-ts/data";
import { deriveSeed } from "@reformer-ts/internal-random";
import { type GradientExchange, learningRateAt } from "@reformer-ts/model";
import { sizeOf } from "./architecture/model-config";
import { bitsName } from "./figures";
import { lossGuard } from "./loss-guard";
import { evaluate, sample } from "./observe";
import type { Session, Watcher } from "./session";
import { nextTurn } from "./stop";
import { timePlan } from "./time-plan";

/**
 * Trains until the last step or until asked to stop; either way everything is saved.
 *
 * @returns bits per unit of all that is held out, or null when stopped before that
 * @throws InputError when the loss is no number any more, or explodes
 */
export async function train(session: Session, watcher: Watcher): Promise<number | null> {
  const { config, task, progress, clock, stop, ranks } = session;
  const { training } = config;
  const examples = task.training({ length: training.length, seed: deriveSeed(training.seed, "data") });
  const { rank, count: processes } = ranks;
  const position = progress.dataPosition;
  const reader = batches(examples, { batch: training.batch, position, rank, ranks: processes });
  const nextParts = () => Array.from({ length: training.accumulate }, () => reader.next());
  const exchange = ranks.exchange(sizeOf(config.model));
  // Steps that an earlier session has fixed stay as they are.
  const plan = training.steps === null ? timePlan(training.minutes!) : null;
  const pauses = stopwatch(clock);
  const guard = lossGuard(session.learner.vocabSize);

  if (progress.step === 0 && training.evaluateEvery !== 0) {
    await pauses.time("evaluate", () => evaluate(session, watcher, { whole: false }));
  }
  while (progress.step < (training.steps ?? Infinity) && stop.signal === null) {
    const began = clock();
    const step = progress.step + 1;
    const taken = await takeStep(session, step, nextParts(), exchange);
    const seconds = clock() - began;
    const left = { seconds: session.secondsLeft(), reserve: reservedSeconds(session, pauses) };
    const planned = rank === 0 ? (plan?.afterStep(step, seconds, left) ?? 0) : 0;
    // What one of several processes knows, all have to know before they go on.
    const [loss, heard, steps] = ranks.sum([taken.loss, stop.heard(), planned]) as [number, number, number];
    stop.agree(heard);
    guard.check(step, loss, taken.norm);
    const figures = asFigures(session, { ...taken, loss });

    const stepTokens = taken.tokens;
    const tokens = progress.tokens + stepTokens;
    Object.assign(progress, { step, tokens, seconds: clock(), dataPosition: reader.position, heldOut: null });
    const memory = process.resourceUsage().maxRSS * 1024;
    const tokensPerSecond = stepTokens / seconds;
    const waited = processes > 1 ? { waited: ranks.takeWaited() } : {};
    watcher.step({ step, tokens, seconds: progress.seconds, ...figures, tokensPerSecond, ...waited, memory });
    if (steps > 0) watcher.planned((training.steps = steps));

    // A signal is heard here, or in one of the pauses below: all before it is decided whether to save.
    await nextTurn();
    const last = step === training.steps;
    const due = (every: number | "auto", parts: number) =>
      isDue(every, { step, steps: training.steps, parts });
    if (last || due(training.evaluateEvery, 10))
      progress.heldOut = await pauses.time("evaluate", () => evaluate(session, watcher, { whole: false }));
    if (due(training.sampleEvery, 4)) await pauses.time("sample", () => sample(session, watcher));
    if (last || stop.signal !== null || due(training.checkpointEvery, 10))
      await pauses.time("save", () => watcher.save({ ...progress, seconds: clock() }));
  }
  return stop.signal === null ? evaluate(session, watcher, { whole: true }) : null;
}

/** One update. The loss is this process' share of the mean over all. */
async function takeStep(
  session: Session,
  step: number,
  parts: readonly Batch[],
  exchange: GradientExchange | null,
) {
  const { learner, optimizer, ranks } = session;
  const { training } = session.config;
  const { schedule: kind, learningRate: peak, warmup, steps } = training;
  const learningRate = learningRateAt({ kind, peak, warmup, total: steps ?? Infinity }, step);
  const { clipNorm } = training;
  const [count] = ranks.sum([parts.reduce((sum, { counted }) => sum + counted, 0)]) as [number];
  const taken = learner.step(optimizer, parts, {
    seed: stepSeed(session, step),
    learningRate,
    clipNorm,
    plan: session.progress.plan,
    exchange,
    count,
  });
  const loss = await read(taken.loss);
  const norm = taken.gradientNorm === null ? null : await read(taken.gradientNorm);
  // Pairs are mostly padding: of them only what is written counts.
  const windows = ranks.count * parts.reduce((sum, { targets }) => sum + targets.length, 0);
  return { loss, norm, learningRate, tokens: parts[0]!.source === undefined ? windows : count };
}

/**
 * All processes hash with the same rotations, as one process would. With dropout each draws numbers of its own: equal
 * masks would hide the same places of every window.
 */
function stepSeed({ config: { training }, learner, ranks: { rank } }: Session, step: number): number {
  const seed = deriveSeed(training.seed, "step", step);
  return rank > 0 && learner.drops ? deriveSeed(seed, "rank", rank) : seed;
}

function asFigures(
  { task }: Session,
  { loss, norm, learningRate }: { loss: number; norm: number | null; learningRate: number },
) {
  return {
    "train/loss": loss,
    [`train/${bitsName(task.unit)}`]: loss / Math.LN2 / task.unitsPerToken,
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

/** Time that further steps must leave: what is still due in between, and the evaluation of everything at the end. */
function reservedSeconds({ config: { training }, task, progress }: Session, pauses: Stopwatch): number {
  const share = training.steps === null ? 1 : 1 - progress.step / training.steps;
  const everything = Math.max(1, task.heldOutTokens / training.evaluateTokens);
  const between = 10 * (pauses.last("evaluate") + pauses.last("save")) + 4 * pauses.last("sample");
  return share * between + everything * pauses.last("evaluate") + 1;
}

interface Stopwatch {
  /** Seconds that this took when it was last done; 0 before. */
  last(what: Pause): number;
  time<T>(what: Pause, work: () => Promise<T>): Promise<T>;
}

type Pause = "evaluate" | "sample" | "save";

function stopwatch(clock: () => number): Stopwatch {
  const seconds = { evaluate: 0, sample: 0, save: 0 };
  return {
    last: (what) => seconds[what],
    async time(what, work) {
      const began = clock();
      const result = await work();
      seconds[what] = clock() - began;
      return result;
    },
  };
}

async function read(scalar: { data(): Promise<ArrayLike<number>>; dispose(): void }): Promise<number> {
  const { 0: value } = await scalar.data();
  scalar.dispose();
  return value!;
}
