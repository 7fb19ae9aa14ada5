/** Everything that a run leaves behind while it goes on: lines on the terminal, metrics, the curve, checkpoints. */
import type { Optimizer, Parameters } from "@reformer-ts/model";
import { join } from "node:path";
import type { RunConfig } from "../config/schema";
import type { Corpus } from "../corpus";
import type { Watcher } from "../session";
import { drawCurves } from "../plot/curves";
import { progressView } from "../progress";
import { dim, type Terminal } from "../terminal";
import { openEventFile } from "../tensorboard/event-file";
import { workPerToken } from "../step-work";
import { writeFileAtomically } from "./atomic";
import { pruneCheckpoints, saveCheckpoint } from "./checkpoint";
import { checkpointName, checkpointsOf, makeFolder, runFiles } from "./folder";
import { appendMetrics, readMetrics, type StepMetrics } from "./metrics";
import { metricsCsv } from "./metrics-csv";
import { tokenizerFiles, tokenizerKind } from "../checkpoints/tokenizer-beside";
import { runCard } from "./run-card";
import { writeRunConfig } from "./run-config";

export interface Recorded {
  run: string;
  config: RunConfig;
  corpus: Corpus;
  /** The backend's name. */
  backend: string;
  /** The backend in words. */
  backendLabel: string;
  parameters: Parameters;
  optimizer: Optimizer;
  /** Processes that share each step. */
  ranks: number;
  /** The step that the run goes on from. */
  from: number;
  /** Floating-point operations a second that this machine was measured to multiply matrices at; null: unknown. */
  matMulRate: number | null;
  /** The command line, for the card. */
  command: string;
}

export interface Recorder {
  watcher: Watcher;
  /** The last words: figures and where things are. */
  summary(bitsPerByte: number | null): string;
  close(): void;
}

export function recorder(terminal: Terminal, recorded: Recorded): Recorder {
  const { run, config, corpus, backend, parameters, optimizer, ranks } = recorded;
  const { training, data } = config;
  const view = progressView(terminal, {
    logEvery: training.logEvery,
    tokensPerStep: training.batch * training.length * ranks,
  });
  const curve = join(run, runFiles.curve);
  const draw = () => {
    const metrics = readMetrics(run);
    writeFileAtomically(curve, drawCurves([{ path: run, metrics }]));
    writeFileAtomically(join(run, runFiles.csv), metricsCsv(metrics));
  };
  const events = openEventFile(run, { from: recorded.from, bytesPerToken: corpus.bytesPerToken });
  const shareOf = matMulShares(recorded);
  return {
    watcher: {
      step(figures) {
        const metrics = { ...figures, ...shareOf(figures) };
        appendMetrics(run, metrics);
        events.metrics(metrics);
        view.step(metrics, training.steps);
      },
      heldOut(metrics) {
        appendMetrics(run, metrics);
        events.metrics(metrics);
        draw();
        if (!metrics.whole)
          view.line(`step ${metrics.step}: held out ${metrics["heldOut/bitsPerByte"].toFixed(3)} bits/byte`);
      },
      sample(text, step) {
        view.line(dim(terminal, text.replace(/\s*\n\s*/g, " ⏎ ")));
        events.text("sample", text, step);
        makeFolder(join(run, runFiles.samples));
        writeFileAtomically(join(run, runFiles.samples, `${checkpointName(step)}.txt`), text);
      },
      planned(steps) {
        writeRunConfig(run, config);
        view.line(`${steps.toLocaleString("en")} steps will fit into ${training.minutes} minutes`);
      },
      async save(progress) {
        await saveCheckpoint(
          run,
          config.model,
          { parameters, optimizer, files: tokenizerFiles(corpus.tokenizer) },
          {
            ...progress,
            backend,
            ranks,
            corpus: { bytes: corpus.bytes, sha256: corpus.sha256 },
            tokenizer: { type: tokenizerKind(corpus.tokenizer) },
            data,
            training,
          },
        );
        pruneCheckpoints(run, training.keep);
      },
    },
    summary(bitsPerByte) {
      const checkpoint = checkpointsOf(run).at(-1);
      draw();
      if (bitsPerByte !== null && checkpoint) {
        const facts = { ...recorded, backend: recorded.backendLabel, checkpoint: checkpoint.path };
        writeFileAtomically(join(run, runFiles.card), runCard({ ...facts, metrics: readMetrics(run) }));
      }
      return [
        ...(bitsPerByte === null ? [] : [`held-out bits per byte: ${bitsPerByte.toFixed(2)}`]),
        ...(checkpoint ? [`checkpoint: ${checkpoint.path}`] : []),
        `curve: ${curve}`,
        ...(bitsPerByte === null ? [`go on with: reformer train --resume ${run}`] : []),
        "",
      ].join("\n");
    },
    close: view.done,
  };
}

/** Speed as a share of what the machine multiplies matrices at, when that is known. */
function matMulShares({ config: { model, training }, matMulRate, ranks }: Recorded) {
  if (matMulRate === null) return () => ({});
  const possible = (ranks * matMulRate) / workPerToken(model, training.length);
  return ({ tokensPerSecond }: StepMetrics) => ({ matMulShare: tokensPerSecond / possible });
}
