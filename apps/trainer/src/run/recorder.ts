/** Everything that a run leaves behind while it goes on: lines on the terminal, metrics, the curve, checkpoints. */
import type { Optimizer, Parameters } from "@reformer-ts/model";
import { join } from "node:path";
import type { RunConfig } from "../config/schema";
import type { Corpus } from "../corpus";
import type { Watcher } from "../session";
import { drawCurves } from "../plot/curves";
import { progressView } from "../progress";
import { dim, type Terminal } from "../terminal";
import { writeFileAtomically } from "./atomic";
import { pruneCheckpoints, saveCheckpoint } from "./checkpoint";
import { checkpointsOf, runFiles } from "./folder";
import { appendMetrics, readMetrics } from "./metrics";
import { tokenizerFiles, tokenizerKind } from "../checkpoints/tokenizer-beside";
import { writeRunConfig } from "./run-config";

export interface Recorded {
  run: string;
  config: RunConfig;
  corpus: Corpus;
  /** The backend's name. */
  backend: string;
  parameters: Parameters;
  optimizer: Optimizer;
  /** Processes that share each step. */
  ranks: number;
}

export interface Recorder {
  watcher: Watcher;
  /** The last words: figures and where things are. */
  summary(bitsPerByte: number | null): string;
  close(): void;
}

export function recorder(
  terminal: Terminal,
  { run, config, corpus, backend, parameters, optimizer, ranks }: Recorded,
): Recorder {
  const { training, data } = config;
  const view = progressView(terminal, {
    logEvery: training.logEvery,
    tokensPerStep: training.batch * training.length * ranks,
  });
  const curve = join(run, runFiles.curve);
  const draw = () => writeFileAtomically(curve, drawCurves([{ path: run, metrics: readMetrics(run) }]));
  return {
    watcher: {
      step(metrics) {
        appendMetrics(run, metrics);
        view.step(metrics, training.steps);
      },
      heldOut(metrics) {
        appendMetrics(run, metrics);
        draw();
        if (!metrics.whole)
          view.line(`step ${metrics.step}: held out ${metrics["heldOut/bitsPerByte"].toFixed(3)} bits/byte`);
      },
      sample: (text) => view.line(dim(terminal, text.replace(/\s*\n\s*/g, " ⏎ "))),
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
