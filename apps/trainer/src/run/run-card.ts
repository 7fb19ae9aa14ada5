/** `README.md` of a finished run: what it is, on what it was trained, how well it does, and how to go on. */
import { layersText, sizeOf } from "../architecture/model-config";
import { cpus } from "node:os";
import { basename } from "node:path";
import { stringify } from "yaml";
import type { RunConfig } from "../config/schema";
import { duration } from "../progress";
import { runFiles } from "./folder";
import { bitsOf } from "../figures";
import type { Remark, Task } from "../tasks";
import { isStep, type Metrics } from "./metrics";

export interface CardFacts {
  run: string;
  config: RunConfig;
  task: Pick<Task, "description" | "fingerprint" | "unit">;
  /** The backend in words. */
  backend: string;
  /** Processes that shared each step. */
  ranks: number;
  /** The command line of the session that ended the run. */
  command: string;
  /** The newest checkpoint. */
  checkpoint: string;
  metrics: readonly Metrics[];
  /** Figures beside the bits. */
  remarks: readonly Remark[];
}

export function runCard(facts: CardFacts): string {
  const { run, config, command, checkpoint } = facts;
  const { model, data } = config;
  return [
    "---",
    stringify(head(facts)).trimEnd(),
    "---",
    "",
    `# ${basename(run)}`,
    "",
    `A Reformer of ${sizeOf(model).toLocaleString("en")} parameters, trained with [reformer-ts](https://www.npmjs.com/package/@reformer-ts/trainer) on \`${data.corpus}\`.`,
    "",
    `![learning curve](${runFiles.curve})`,
    "",
    ...table("score", [
      ...scores(facts.metrics, facts.task.unit),
      ...facts.remarks.map(({ label, text }) => row(label, text)),
    ]),
    ...table("data", dataRows(facts)),
    ...table("model", modelRows(config)),
    ...table("training", trainingRows(facts)),
    "It ended with this command; `run.json` holds every setting, so that the second line trains it again from the beginning:",
    "",
    "```sh",
    command,
    `reformer train --config ${run}/run.json --run ${run}-again`,
    `reformer ${uses[config.data.task]} ${checkpoint}`,
    "```",
    "",
  ].join("\n");
}

/** Under which name the hub files a task; where it has none, undefined. */
const pipelines: Partial<Record<RunConfig["data"]["task"], string>> = {
  text: "text-generation",
  translation: "translation",
};

/** The command that uses what a task has trained. */
const uses: Record<RunConfig["data"]["task"], string> = {
  text: "generate",
  images: "complete --checkpoint",
  music: "generate",
  genome: "generate",
  tokens: "generate",
  duplication: "generate",
  translation: "translate --checkpoint",
};

/** What the hub and other indexes read. */
function head({ run, config, task: { unit }, metrics }: CardFacts) {
  const figures = metrics.flatMap((line) =>
    !isStep(line) && line.whole
      ? [
          {
            type: `bits_per_${unit}`,
            name: `held-out bits per ${unit}`,
            value: rounded(bitsOf(line, "heldOut")!.bits),
          },
        ]
      : [],
  );
  const dataset = { type: config.data.task, name: config.data.corpus };
  const pipeline = pipelines[config.data.task];
  const taskType = pipeline ?? `${config.data.task}-generation`;
  return {
    library_name: "reformer-ts",
    ...(pipeline === undefined ? {} : { pipeline_tag: pipeline }),
    tags: ["reformer", "reformer-ts"],
    metrics: [`bits_per_${unit}`],
    "model-index": [
      {
        name: basename(run),
        results: [{ task: { type: taskType }, dataset, metrics: figures.slice(-1) }],
      },
    ],
  };
}

type Row = [string, string];

function scores(metrics: readonly Metrics[], unit: string): Row[] {
  const bits = (line: Metrics) => bitsOf(line, isStep(line) ? "train" : "heldOut")!.bits;
  const heldOut = metrics.flatMap((line) => (isStep(line) ? [] : [line]));
  const end = heldOut.findLast((line) => line.whole);
  const best = heldOut.filter((line) => !line.whole).toSorted((a, b) => bits(a) - bits(b))[0];
  return [
    ...(end ? [row(`held-out bits per ${unit}, everything`, figure(bits(end)))] : []),
    ...(best
      ? [row("best on the way, of a part", `${figure(bits(best))} at step ${integer(best.step)}`)]
      : []),
    ...metrics
      .filter(isStep)
      .slice(-1)
      .map((line) => row(`training bits per ${unit}, last step`, figure(bits(line)))),
  ];
}

function dataRows({ config: { data }, task: { fingerprint, description } }: CardFacts): Row[] {
  return [
    row("corpus", `\`${data.corpus}\``),
    row("amount", description),
    row("sha256", `\`${fingerprint.sha256}\``),
  ];
}

function modelRows({ model }: RunConfig): Row[] {
  return [
    row("layers", layersText(model)),
    row("width", `${model.dModel}, feed-forward ${model.dFF}`),
    row("heads", `${model.numHeads} of ${model.dHead}`),
    row("hashing", `${model.numHashes} rounds, chunks of ${model.chunkLength}`),
    row("longest sequence", `${integer(model.maxLength)} tokens`),
  ];
}

function trainingRows({ config: { training }, backend, ranks, metrics }: CardFacts): Row[] {
  const last = metrics.at(-1);
  return [
    row("steps", integer(last?.step ?? 0)),
    row("tokens", integer(last?.tokens ?? 0)),
    row(
      "a step",
      `${training.batch * training.accumulate * ranks} windows of ${integer(training.length)} tokens${ranks > 1 ? `, shared by ${ranks} processes` : ""}`,
    ),
    row(
      "optimizer",
      `${training.optimizer}, learning rate ${training.learningRate}, ${training.schedule}, warm-up ${training.warmup}`,
    ),
    row("seed", String(training.seed)),
    row("time", duration(last?.seconds ?? 0)),
    row("machine", `${backend}; ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`),
  ];
}

function table(title: string, rows: readonly Row[]): string[] {
  return [`| ${title} | |`, "| --- | --- |", ...rows.map((cells) => `| ${cells.join(" | ")} |`), ""];
}

/** A bar or a line feed of a path would end a cell. */
const row = (name: string, value: string): Row => [name, value.replace(/[|\r\n]/g, " ")];
const figure = (value: number) => value.toFixed(3);
const rounded = (value: number) => Number(value.toFixed(4));
const integer = (value: number) => value.toLocaleString("en");
