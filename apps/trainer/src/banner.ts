/** What a run is about to do, said before it does it. */
import { countParameters, type MemoryChoices } from "@reformer-ts/model";
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

export function banner({
  config: { model, data, training },
  task,
  backend,
  run,
  from,
  overrides,
  ranks,
  plan,
}: BannerFacts): string {
  const windows = training.batch * ranks.count;
  const rows: [string, string][] = [
    ["backend", `${backend.label} (${backend.why})`],
    [
      "model",
      `${model.layers.length} layers (${model.layers.join(" ")}), dModel ${model.dModel}, ${integer(countParameters(model))} parameters`,
    ],
    ["data", `${data.corpus}: ${task.description}`],
    ["step", `${integer(windows * training.length)} tokens (${windows} x ${integer(training.length)})`],
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
  if (before && before.ranks * before.training.batch !== windows)
    rows.push([
      "attention",
      `until now a step was ${before.ranks * before.training.batch} windows, now it is ${windows}`,
    ]);
  if (overrides.length > 0) rows.push(["flags", overrides.join(" ")]);
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join("");
}

/** Another backend adds in another order: all right, but not the same to the last bit. */
function beginning(state: TrainerState | null, backend: string): string {
  if (state === null) return "from the beginning";
  const moved = state.backend === backend ? "" : `, until now on ${state.backend}`;
  return `resumed after step ${integer(state.step)}${moved}`;
}

const integer = (value: number) => value.toLocaleString("en");
