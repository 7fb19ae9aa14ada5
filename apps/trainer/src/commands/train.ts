/** `reformer train`: from a config and flags to a run, new or resumed. */
import type { MemoryChoices, Optimizer, Parameters } from "@reformer-ts/model";
import type { Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { Command } from "commander";
import { openBackend } from "../backend";
import { measureMatMul } from "../backend/measure-mat-mul";
import { folderFiles } from "../checkpoints/local-files";
import { type ReformerSource, sourceParameters } from "../checkpoints/open-source";
import { tokenizerBeside } from "../checkpoints/tokenizer-beside";
import { learnerOf } from "../architecture/learner-of";
import { initialize } from "../architecture/model-config";
import { banner } from "../banner";
import { addConfigFlags, readConfigFlags } from "../config/command-flags";
import { flagName, showValue } from "../config/flags";
import type { NamedLayer } from "../config/layer";
import type { RunConfig } from "../config/schema";
import { train } from "../loop";
import { type Checkpoint, loadOptimizer, loadParameters, openCheckpoint } from "../run/checkpoint";
import { planStep, thisMachine } from "../memory-budget";
import { chooseRun, resumeConfig, type RunFlags } from "../run/choose-run";
import { checkpointsOf, makeFolder } from "../run/folder";
import { beginRun } from "../run/init-run";
import { lockRun } from "../run/lock";
import { rewindMetrics } from "../run/metrics";
import { type Recorder, recorder } from "../run/recorder";
import { requireSameRun, writeRunConfig } from "../run/run-config";
import { agreedStop } from "../ranks/agreed-stop";
import { located, openRanks, OtherRankFailed, type Ranks, terminalOf } from "../ranks/ranks";
import { requireSameWeights } from "../ranks/same-weights";
import { clockFrom, type Progress, type Session, silent, startOfRun } from "../session";
import { optimizerOf } from "../optimizer-of";
import { openTask, type Task } from "../tasks";
import { exitCodes, listenForStop } from "../stop";
import type { Terminal } from "../terminal";
import { requireTokenizer } from "./model-of";
import { backendOption, type ExitCode } from "./shared";

interface Flags extends RunFlags {
  init?: string;
  backend: string;
  json?: true;
}

export function trainCommand(terminal: Terminal, exit: ExitCode): Command {
  const command = new Command("train")
    .summary("learn a text, images, music, a genome, or any tokens")
    .description(
      "Learns what its data hold and saves what it learned. Results are written to a run folder, which `generate`, `evaluate` and `plot` read.",
    )
    .option("--config <name or file>", "a preset or a YAML or JSON file (default: novel)")
    .option("--run <folder>", "where the run is kept (default: a new folder under runs/)")
    .option(
      "--init <model>",
      "begin with these weights instead of fresh ones: whatever `generate` takes; the model is theirs",
    )
    .option("--resume [run]", "go on with a run, which must exist; `auto`: go on if --run exists, else begin")
    .option("--json", "the figures at the end as JSON")
    .addOption(backendOption());
  addConfigFlags(command);
  command.addHelpText("after", examples);
  return command.action(async (flags: Flags) => {
    exit(await runTraining(terminal, flags, readConfigFlags(command)));
  });
}

/** One of several processes that a launcher started, or the only one. */
async function runTraining(terminal: Terminal, flags: Flags, overrides: NamedLayer): Promise<number> {
  const ranks = await openRanks();
  try {
    const code = await trainAmong(ranks, terminalOf(terminal, ranks), flags, overrides);
    ranks.close();
    return code;
  } catch (error) {
    await ranks.fail();
    if (error instanceof OtherRankFailed) return 2;
    throw located(error, ranks);
  }
}

async function trainAmong(
  ranks: Ranks,
  terminal: Terminal,
  flags: Flags,
  overrides: NamedLayer,
): Promise<number> {
  const { run, resumed, config, source, task } = await ranks.together(() =>
    prepare(terminal, flags, overrides),
  );
  const own = listenForStop((signal) =>
    terminal.err(`\n${signal}: finishing the step and saving; once more to leave at once\n`),
  );
  const stop = agreedStop(own, ranks);
  try {
    const backend = await ranks.together(async () => {
      requireExamples(task, config);
      const seen = resumed ? newestCheckpoint(run) : null;
      if (seen !== null) requireSameRun(seen, config, task);
      return openBackend(flags.backend, { log: (line) => terminal.err(`${line}\n`) });
    });
    // All at the same time, as they will train.
    const matMulRate = await measuredRate(backend);
    const unlock = await ranks.together(async () => (ranks.rank === 0 ? takeFolder(run) : () => {}));
    try {
      // Looked up again: until now another trainer may have gone on.
      const { checkpoint, trainee } = await ranks.together(async () => {
        const newest = newestCheckpoint(run);
        return { checkpoint: newest, trainee: openTrainee(config, newest, source) };
      });
      const { parameters, optimizer, progress } = trainee;
      await ranks.together(() => requireSameWeights(parameters, ranks));
      const plan = await leastOf(await ranks.together(async () => planOf(config, checkpoint, ranks)), ranks);
      progress.plan = plan;
      const record =
        ranks.rank > 0
          ? null
          : recorder(terminal, {
              run,
              config,
              task,
              backend: backend.name,
              backendLabel: backend.label,
              parameters,
              optimizer,
              ranks: ranks.count,
              from: progress.step,
              matMulRate,
              command: commandLine(flags, overrides),
            });
      const facts = {
        config,
        task,
        backend,
        run,
        from: checkpoint,
        overrides: describeFlags(overrides),
        ranks,
        plan,
      };
      if (record !== null) {
        // A run that was begun with weights from elsewhere is never without them.
        if (source !== null && checkpoint === null) await record.watcher.save(progress);
        writeRunConfig(run, config);
        rewindMetrics(run, progress.step);
        terminal.err(`${banner(facts)}\n`);
      }
      const learner = learnerOf(config.model, parameters);
      const [clock, secondsLeft] = [clockFrom(progress), deadline(config)];
      const session = { config, task, learner, optimizer, progress, clock, secondsLeft, stop, ranks };
      const { bits, remarks } = await trainAndConclude(session, record).finally(() => {
        record?.close();
        trainee.dispose();
      });
      if (record !== null) terminal.out(record.summary(bits, { remarks, json: flags.json }));
      return stop.signal === null ? 0 : exitCodes[stop.signal];
    } finally {
      unlock();
    }
  } finally {
    own.dispose();
    task.close();
  }
}

/** What is said of a model besides bits is for the one that writes it down. */
async function trainAndConclude(session: Session, record: Recorder | null) {
  const bits = await train(session, record?.watcher ?? silent);
  const { task, learner } = session;
  const remarks = bits === null || record === null ? [] : ((await task.remarks?.(learner.model)) ?? []);
  return { bits, remarks };
}

/** Which run, what it is and what it learns; nothing is written yet. */
async function prepare(terminal: Terminal, flags: Flags, overrides: NamedLayer) {
  const { run, resumed } = chooseRun(flags);
  const { config, source } = resumed
    ? { config: resumeConfig(run, flags, overrides), source: null }
    : await beginRun(flags, overrides, (line) => terminal.err(`${line}\n`));
  const { length } = config.training;
  const task = openTask(config.data, { ...(await tokenizerOf(run, config, { resumed, source })), length });
  return { run, resumed, config, source, task };
}

/** @throws InputError when the data do not fit the model and its training: before anything is waited for */
function requireExamples(task: Task, { model, training }: RunConfig): void {
  task.training(training);
  if (model.vocabSize < task.vocabSize) {
    throw new InputError({
      field: flagName("vocabSize"),
      given: `${model.vocabSize}`,
      allowed: `at least ${task.vocabSize}, one for every token of the data`,
    });
  }
}

/** Measured once in a process: nothing about it changes. */
const measuredRates = new Map<string, number>();

async function measuredRate({ name }: { name: string }): Promise<number> {
  if (!measuredRates.has(name)) measuredRates.set(name, (await measureMatMul()).gigaflops * 1e9);
  return measuredRates.get(name)!;
}

/** @throws InputError when the folder cannot be made, or another trainer has it */
function takeFolder(run: string): () => void {
  makeFolder(run);
  return lockRun(run);
}

interface Trainee {
  parameters: Parameters;
  optimizer: Optimizer;
  progress: Progress;
  dispose(): void;
}

/** As the run went until now, unless it is asked for another step, another budget, or by other processes. */
function planOf({ model, training }: RunConfig, checkpoint: Checkpoint | null, ranks: Ranks): MemoryChoices {
  const before = checkpoint?.state;
  const same =
    before?.ranks === ranks.count &&
    (["memory", "batch", "accumulate"] as const).every((key) => before.training[key] === training[key]);
  return (same ? before.plan : null) ?? planStep(model, training, thisMachine(ranks.neighbours));
}

/** Processes on machines of different sizes do alike, as the smallest of them can. */
function leastOf({ keepLayers, headByHead }: MemoryChoices, { rank, count, sum }: Ranks): MemoryChoices {
  const kept = sum(Array.from({ length: count }, (_, i) => (i === rank ? keepLayers : 0)));
  const [byHead] = sum([Number(headByHead)]);
  return { keepLayers: Math.min(...kept), headByHead: byHead! > 0 };
}

/** Null for a run that ended before it saved anything. */
function newestCheckpoint(run: string): Checkpoint | null {
  return checkpointsOf(run).length > 0 ? openCheckpoint(run, { prefer: "newest" }) : null;
}

/** The one that the run's weights were trained with; none for fresh ones, whose data say it. */
async function tokenizerOf(
  run: string,
  { data }: RunConfig,
  { resumed, source }: { resumed: boolean; source: ReformerSource | null },
): Promise<{ tokenizer?: Tokenizer }> {
  if (data.task !== "text" && data.task !== "translation") return {};
  if (source !== null) return { tokenizer: requireTokenizer(source) };
  const checkpoint = resumed ? newestCheckpoint(run) : null;
  if (checkpoint === null) return {};
  const { path, config, state } = checkpoint;
  const tokenizer = await tokenizerBeside(folderFiles(path), config, state?.tokenizer.type);
  return tokenizer === null ? {} : { tokenizer };
}

/**
 * Weights as they were saved, or those to begin with, or fresh ones.
 *
 * @throws InputError when what was saved is damaged
 */
function openTrainee(
  config: RunConfig,
  checkpoint: Checkpoint | null,
  source: ReformerSource | null,
): Trainee {
  const { seed } = config.training;
  const begun = () => (source === null ? initialize(config.model, seed) : sourceParameters(source));
  const parameters = checkpoint === null ? begun() : loadParameters(checkpoint);
  const optimizer = optimizerOf(parameters, config.training);
  if (checkpoint !== null) loadOptimizer(checkpoint, optimizer);
  const dispose = () => {
    optimizer.dispose();
    parameters.dispose();
  };
  return { parameters, optimizer, progress: progressOf(checkpoint), dispose };
}

function progressOf(checkpoint: Checkpoint | null): Progress {
  if (!checkpoint?.state) return { ...startOfRun };
  const { step, tokens, seconds, dataPosition, heldOut, plan } = checkpoint.state;
  return { step, tokens, seconds, dataPosition, heldOut, plan };
}

/** Counted from the start of the process, because that is when people begin to wait. */
function deadline({ training }: RunConfig): () => number {
  return () => (training.minutes ?? Infinity) * 60 - performance.now() / 1000;
}

const describeFlags = ({ values }: NamedLayer) =>
  Object.values(values).flatMap((section) =>
    Object.entries(section).map(([key, value]) => `${key}=${showValue(value)}`),
  );

/** As it could be typed again. */
function commandLine({ config, init, resume }: Flags, { values }: NamedLayer): string {
  const own = { config, init, resume: resume === true ? "" : resume };
  const given = Object.entries(own).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const settings = Object.values(values).flatMap((section) => Object.entries(section));
  const words = [...given, ...settings].map(([key, value]) =>
    `${flagName(key as string)} ${quoted(showValue(value))}`.trim(),
  );
  return ["reformer train", ...words].join(" ");
}

const quoted = (text: string) => (/^[\w./,:-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const examples = `
Examples:
  reformer train                                    the preset novel, on Crime and Punishment
  reformer train --config debug                     a small run that ends within a minute
  reformer train --corpus book.txt --minutes 30     another text, as well as half an hour allows
  reformer train --config images-small              images, from the package emoji-datasource-google
  reformer train --config images-small --corpus photos --image-size 64
  reformer train --task music --corpus chorales     after reformer prepare chorales
  reformer train --task music --corpus songs        a folder of MIDI files
  reformer train --task genome --corpus genome.fa.gz
  reformer train --task tokens --corpus tokens.npy  whatever else is a sequence of numbers
  reformer train --layers local,lsh,local,lsh --num-hashes 2 --steps 2000
  reformer train --init google/reformer-enwik8 --corpus book.txt --steps 500
  reformer train --resume runs/novel                go on where that run stopped
`;
