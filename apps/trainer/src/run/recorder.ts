/** Everything that a run leaves behind while it goes on: lines on the terminal, metrics, the curve, checkpoints. */
import { encodePng } from "@reformer-ts/data/images";
import type { Optimizer, Parameters } from "@reformer-ts/model";
import { join } from "node:path";
import { isEncoderDecoder } from "../architecture/model-config";
import type { RunConfig } from "../config/schema";
import { bitsName, bitsOf } from "../figures";
import type { Remark, Task } from "../tasks";
import type { Watcher } from "../session";
import { drawCurves } from "../plot/curves";
import { progressView } from "../progress";
import { dim, type Terminal } from "../terminal";
import { openEventFile } from "../tensorboard/event-file";
import { workPerToken } from "../step-work";
import { writeFileAtomically } from "./atomic";
import { pruneCheckpoints, saveCheckpoint } from "./checkpoint";
import { checkpointName, checkpointsOf, makeFolder, runFiles } from "./folder";
import { appendMetrics, type HeldOutMetrics, readMetrics, type StepMetrics } from "./metrics";
import { metricsCsv } from "./metrics-csv";
import { tokenizerFiles, tokenizerKind } from "../checkpoints/tokenizer-beside";
import { runCard } from "./run-card";
import { writeRunConfig } from "./run-config";

export interface Recorded {
  run: string;
  config: RunConfig;
  task: Task;
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

interface SummaryOptions {
  remarks: readonly Remark[];
  json?: boolean | undefined;
}

export interface Recorder {
  watcher: Watcher;
  /** The last words: figures and where things are. */
  summary(bits: number | null, options: SummaryOptions): string;
  close(): void;
}

export function recorder(terminal: Terminal, recorded: Recorded): Recorder {
  const { run, config, task, backend, parameters, optimizer, ranks } = recorded;
  const { training, data } = config;
  const view = progressView(terminal, {
    logEvery: training.logEvery,
    tokensPerStep: training.batch * training.accumulate * training.length * ranks,
  });
  const curve = join(run, runFiles.curve);
  const draw = () => {
    const metrics = readMetrics(run);
    writeFileAtomically(curve, drawCurves([{ path: run, metrics }]));
    writeFileAtomically(join(run, runFiles.csv), metricsCsv(metrics));
  };
  const events = openEventFile(run, { from: recorded.from, unitsPerToken: task.unitsPerToken });
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
        if (!metrics.whole) view.line(`step ${metrics.step}: held out ${bitsText(metrics)}`);
      },
      sample(made, step) {
        makeFolder(join(run, runFiles.samples));
        const path = join(run, runFiles.samples, checkpointName(step));
        if ("text" in made) {
          view.line(dim(terminal, made.text.replace(/\s*\n\s*/g, " ⏎ ")));
          events.text("sample", made.text, step);
          writeFileAtomically(`${path}.txt`, made.text);
          if (made.file !== undefined) writeFileAtomically(`${path}.${made.file.ending}`, made.file.bytes);
        } else {
          const png = encodePng(made.image);
          view.line(dim(terminal, `${path}.png`));
          events.image("sample", { ...made.image, png }, step);
          writeFileAtomically(`${path}.png`, png);
        }
      },
      planned(steps) {
        writeRunConfig(run, config);
        view.line(`${steps.toLocaleString("en")} steps will fit into ${training.minutes} minutes`);
      },
      async save(progress) {
        await saveCheckpoint(
          run,
          config.model,
          { parameters, optimizer, files: tokenizerFiles(task.tokenizer) },
          {
            ...progress,
            backend,
            ranks,
            corpus: task.fingerprint,
            tokenizer: { type: tokenizerKind(task.tokenizer) },
            data,
            training,
          },
        );
        pruneCheckpoints(run, training.keep);
      },
    },
    summary(bits, { remarks, json = false }) {
      const checkpoint = checkpointsOf(run).at(-1);
      draw();
      if (bits !== null && checkpoint) {
        const facts = { ...recorded, backend: recorded.backendLabel, checkpoint: checkpoint.path };
        writeFileAtomically(
          join(run, runFiles.card),
          runCard({ ...facts, remarks, metrics: readMetrics(run) }),
        );
      }
      if (json) {
        const figure = bits === null ? {} : { [bitsName(task.unit)]: bits };
        const saved = { checkpoint: checkpoint?.path ?? null, step: checkpoint?.step ?? 0 };
        const named = Object.fromEntries(remarks.map(({ name, value }) => [name, value]));
        return `${JSON.stringify({ run, finished: bits !== null, ...saved, ...figure, ...named, curve })}\n`;
      }
      return [
        ...(bits === null ? [] : [`held-out bits per ${task.unit}: ${bits.toFixed(2)}`]),
        ...remarks.map(({ label, text }) => `${label}: ${text}`),
        ...(checkpoint ? [`checkpoint: ${checkpoint.path}`] : []),
        `curve: ${curve}`,
        ...(bits === null ? [`go on with: reformer train --resume ${run}`] : []),
        "",
      ].join("\n");
    },
    close: view.done,
  };
}

/** Speed as a share of what the machine multiplies matrices at, when that is known. */
function matMulShares({ config: { model, training }, matMulRate, ranks }: Recorded) {
  if (matMulRate === null || isEncoderDecoder(model)) return () => ({});
  const possible = (ranks * matMulRate) / workPerToken(model, training.length);
  return ({ tokensPerSecond }: StepMetrics) => ({ matMulShare: tokensPerSecond / possible });
}

function bitsText(metrics: HeldOutMetrics): string {
  const { unit, bits } = bitsOf(metrics, "heldOut")!;
  return `${bits.toFixed(3)} bits/${unit}`;
}
