/** What a run is about to do, said before it does it. */
import type { MemoryChoices } from "@reformer-ts/model";
import { isEncoderDecoder, layersText, sizeOf } from "./architecture/model-config";
import { describePlan } from "./memory-budget";
import type { RunConfig } from "./config/schema";
import type { Task } from "./tasks";
import type { Ranks } from "./ranks/ranks";
import type { Checkpoint } from "./run/checkpoint";
import type { TrainerState } from "./run/trainer-state";

export interface BannerFacts {
  config: RunConfig;
  task: Task;
  backend: { name: string; label: string; why: string };
  run: string;
  /** The checkpoint that the run goes on from. */
  from: Checkpoint | null;
  /** Flags that overrule the config, as they were given. */
  overrides: readonly string[];
  ranks: Pick<Ranks, "count" | "label">;
  plan: MemoryChoices;
}

export function banner({ config, task, backend, run, from, overrides, ranks, plan }: BannerFacts): string {
  const { model, data, training } = config;
  const windows = windowsOf(training, ranks.count);
  const rows: [string, string][] = [
    ["backend", `${backend.label} (${backend.why})`],
    ["model", `${layersText(model)}, dModel ${model.dModel}, ${integer(sizeOf(model))} parameters`],
    ["data", `${data.corpus}: ${task.description}`],
    ["step", stepText(config, windows)],
    ["memory", describePlan(model, training, plan)],
    [
      "optimizer",
      `${training.optimizer}, learning rate ${training.learningRate}, ${training.schedule}, ${training.warmup} steps of warm-up`,
    ],
    [
      "length",
      training.steps === null
        ? `as many steps as fit into ${training.minutes} minutes`
        : `${integer(training.steps)} steps`,
    ],
    ["run", `${run}, ${beginning(from?.state ?? null, backend.name)}`],
  ];
  if (ranks.label !== null) rows.splice(1, 0, ["ranks", ranks.label]);
  const before = from?.state;
  const windowsBefore = before ? windowsOf(before.training, before.ranks) : windows;
  if (windowsBefore !== windows)
    rows.push(["attention", `until now a step was ${windowsBefore} windows, now it is ${windows}`]);
  if (overrides.length > 0) rows.push(["flags", overrides.join(" ")]);
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join("");
}

const windowsOf = ({ batch, accumulate }: RunConfig["training"], ranks: number) => batch * accumulate * ranks;

function stepText({ model, training: { length, accumulate } }: RunConfig, windows: number): string {
  const parts = accumulate === 1 ? "" : `, in ${accumulate} parts`;
  return isEncoderDecoder(model)
    ? `${integer(windows)} pairs of at most ${integer(length)} tokens each way${parts}`
    : `${integer(windows * length)} tokens (${windows} x ${integer(length)}${parts})`;
}

/** Another backend adds in another order: all right, but not the same to the last bit. */
function beginning(state: TrainerState | null, backend: string): string {
  if (state === null) return "from the beginning";
  const moved = state.backend === backend ? "" : `, until now on ${state.backend}`;
  return `resumed after step ${integer(state.step)}${moved}`;
}

const integer = (value: number) => value.toLocaleString("en");
