/** What a run is about to do, said before it does it. */
import { countParameters } from "@reformer-ts/model";
import type { RunConfig } from "./config/schema";
import type { Corpus } from "./corpus";

export interface BannerFacts {
  config: RunConfig;
  corpus: Corpus;
  backend: { label: string; why: string };
  run: string;
  /** The checkpoint that the run goes on from. */
  from: { path: string; step: number } | null;
  /** Flags that overrule the config, as they were given. */
  overrides: readonly string[];
}

export function banner({
  config: { model, data, training },
  corpus,
  backend,
  run,
  from,
  overrides,
}: BannerFacts): string {
  const tokens = training.batch * training.length;
  const rows: [string, string][] = [
    ["backend", `${backend.label} (${backend.why})`],
    [
      "model",
      `${model.layers.length} layers (${model.layers.join(" ")}), dModel ${model.dModel}, ${integer(countParameters(model))} parameters`,
    ],
    [
      "data",
      `${data.corpus}: ${integer(corpus.bytes)} bytes, ${integer(corpus.heldOut.length)} of them held out`,
    ],
    [
      "step",
      `${integer(tokens)} tokens (${training.batch} x ${integer(training.length)}), ${integer(Math.floor(corpus.train.length / training.length))} windows in an epoch`,
    ],
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
    [
      "run",
      from === null ? `${run}, from the beginning` : `${run}, resumed after step ${integer(from.step)}`,
    ],
  ];
  if (overrides.length > 0) rows.push(["flags", overrides.join(" ")]);
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join("");
}

const integer = (value: number) => value.toLocaleString("en");
