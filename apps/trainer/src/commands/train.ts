/** `reformer train`: from a config and flags to a run, new or resumed. */
import { InputError } from "@reformer-ts/internal-checks";
import { adam, createReformer, initializeParameters } from "@reformer-ts/model";
import { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { openBackend } from "../backend";
import { banner } from "../banner";
import { readConfigFile } from "../config/files";
import { addConfigFlags, readConfigFlags } from "../config/command-flags";
import { type NamedLayer, resolveRun } from "../config/resolve";
import type { RunConfig } from "../config/schema";
import { openCorpus, requireWindows } from "../corpus";
import { train } from "../loop";
import { type Checkpoint, loadOptimizer, loadParameters, openCheckpoint } from "../run/checkpoint";
import { checkpointsOf, isRun, latestRun, makeFolder, requireFolder, unusedRun } from "../run/folder";
import { lockRun } from "../run/lock";
import { rewindMetrics } from "../run/metrics";
import { readRunConfig, requireSameRun, writeRunConfig } from "../run/run-config";
import { recorder } from "../run/recorder";
import { clockFrom, type Progress, startOfRun } from "../session";
import { exitCodes, listenForStop } from "../stop";
import type { Terminal } from "../terminal";
import { backendOption, type ExitCode, quote } from "./shared";

interface Flags {
  config?: string;
  run?: string;
  resume?: true | string;
  backend: string;
}

export function trainCommand(terminal: Terminal, exit: ExitCode): Command {
  const command = new Command("train")
    .summary("learn a text")
    .description(
      "Learns a text and saves what it learned. Results are written to a run folder, which `generate`, `evaluate` and `plot` read.",
    )
    .option("--config <name or file>", "a preset or a YAML or JSON file (default: novel)")
    .option("--run <folder>", "where the run is kept (default: a new folder under runs/)")
    .option("--resume [run]", "go on with a run, which must exist; `auto`: go on if --run exists, else begin")
    .addOption(backendOption());
  addConfigFlags(command);
  command.addHelpText("after", examples);
  return command.action(async (flags: Flags) => {
    exit(await runTraining(terminal, flags, readConfigFlags(command)));
  });
}

async function runTraining(terminal: Terminal, flags: Flags, overrides: NamedLayer): Promise<number> {
  const { run, resumed } = chooseRun(flags);
  const config = resumed
    ? resumeConfig(run, flags, overrides)
    : resolveRun([readConfigFile(flags.config ?? "novel"), overrides]);
  const corpus = openCorpus(config.data);
  requireWindows(corpus, config.training.length);
  makeFolder(run);
  const unlock = lockRun(run);
  const stop = listenForStop((signal) =>
    terminal.err(`\n${signal}: finishing the step and saving; once more to leave at once\n`),
  );
  try {
    const checkpoint = checkpointsOf(run).length > 0 ? openCheckpoint(run, { prefer: "newest" }) : null;
    if (checkpoint !== null) requireSameRun(checkpoint, config, corpus);
    const backend = await openBackend(flags.backend, { log: (line) => terminal.err(`${line}\n`) });
    const parameters =
      checkpoint === null
        ? initializeParameters(config.model, config.training.seed)
        : loadParameters(checkpoint);
    const optimizer = adam(parameters, config.training);
    if (checkpoint !== null) loadOptimizer(checkpoint, optimizer);
    const progress = progressOf(checkpoint);
    writeRunConfig(run, config);
    rewindMetrics(run, progress.step);
    terminal.err(
      `${banner({ config, corpus, backend, run, from: checkpoint && { path: checkpoint.path, step: progress.step }, overrides: describeFlags(overrides) })}\n`,
    );

    const record = recorder(terminal, { run, config, corpus, backend: backend.name, parameters, optimizer });
    const bitsPerByte = await train(
      {
        config,
        corpus,
        model: createReformer(config.model, parameters),
        optimizer,
        progress,
        clock: clockFrom(progress),
        secondsLeft: deadline(config),
        stop,
      },
      record.watcher,
    ).finally(record.close);
    terminal.out(record.summary(bitsPerByte));
    return stop.signal === null ? 0 : exitCodes[stop.signal];
  } finally {
    stop.dispose();
    unlock();
    corpus.close();
  }
}

/** Which folder, and whether what is in it goes on. */
function chooseRun({ run, resume, config }: Flags): { run: string; resumed: boolean } {
  if (resume === undefined || resume === "auto") {
    const folder = run ?? unusedRun(runName(config));
    const resumed = resume === "auto" && isRun(folder);
    if (!resumed && existsSync(folder)) requireEmpty(folder);
    return { run: folder, resumed };
  }
  if (run !== undefined && resume !== true && resolve(run) !== resolve(resume)) {
    throw new InputError({
      field: "--resume",
      given: resume,
      allowed: `the same folder as --run ${run}, or given alone`,
    });
  }
  const folder = resume === true ? (run ?? latestRun()) : resume;
  if (folder === null)
    throw new InputError({
      field: "--resume",
      given: "without a run under runs/",
      allowed: "followed by the folder of a run",
    });
  requireFolder(folder, "--resume", "the folder of a run");
  if (!isRun(folder))
    throw new InputError({
      field: "--resume",
      given: folder,
      allowed: "the folder of a run, with its run.json",
    });
  return { run: folder, resumed: true };
}

function requireEmpty(folder: string): void {
  requireFolder(folder, "--run", "a new or empty folder");
  if (isRun(folder)) {
    throw new InputError({
      field: "--run",
      given: `${folder}, where there is a run already`,
      allowed: `a new or empty folder; to go on with that run, add --resume`,
    });
  }
  if (readdirSync(folder).length > 0) {
    throw new InputError({
      field: "--run",
      given: `${folder}, which is not empty`,
      allowed: "a new or empty folder",
    });
  }
}

/** What the run began with, and what may be changed on the way. */
function resumeConfig(run: string, { config }: Flags, overrides: NamedLayer): RunConfig {
  const layers = [readRunConfig(run), ...(config === undefined ? [] : [readConfigFile(config)]), overrides];
  // Asked for more time, the run plans its steps anew.
  const replan =
    overrides.values.training?.["minutes"] !== undefined && overrides.values.training["steps"] === undefined;
  return resolveRun([...layers, ...(replan ? [{ file: null, values: { training: { steps: null } } }] : [])]);
}

function progressOf(checkpoint: Checkpoint | null): Progress {
  if (!checkpoint?.state) return { ...startOfRun };
  const { step, tokens, seconds, dataPosition, heldOut } = checkpoint.state;
  return { step, tokens, seconds, dataPosition, heldOut };
}

/** Counted from the start of the process, because that is when people begin to wait. */
function deadline({ training }: RunConfig): () => number {
  return () => (training.minutes ?? Infinity) * 60 - performance.now() / 1000;
}

const runName = (config = "novel") => basename(config).replace(/\.[^.]*$/, "") || "run";

const describeFlags = ({ values }: NamedLayer) =>
  Object.values(values).flatMap((section) =>
    Object.entries(section).map(([key, value]) => `${key}=${quote(value)}`),
  );

const examples = `
Examples:
  reformer train                                    the preset novel, on Crime and Punishment
  reformer train --config debug                     a small run that ends within a minute
  reformer train --corpus book.txt --minutes 30     another text, as well as half an hour allows
  reformer train --layers local,lsh,local,lsh --num-hashes 2 --steps 2000
  reformer train --resume runs/novel                go on where that run stopped
`;
