/** `run.json`: what a run was asked to be, complete, so that it can be resumed and repeated. */
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer, NamedLayer } from "../config/layer";
import type { RunConfig } from "../config/schema";
import type { Task } from "../tasks";
import { writeFileAtomically } from "./atomic";
import type { Checkpoint } from "./checkpoint";
import { runFiles } from "./folder";
import { parseJson } from "./trainer-state";

export function writeRunConfig(run: string, config: RunConfig): void {
  writeFileAtomically(join(run, runFiles.config), `${JSON.stringify(config, null, 2)}\n`);
}

/** @throws InputError when there is none or it is not JSON; what it says is checked like a config file */
export function readRunConfig(run: string): NamedLayer {
  const path = join(run, runFiles.config);
  if (!existsSync(path))
    throw new InputError({ field: path, given: "missing", allowed: "the config of a run" });
  return { file: path, values: parseJson(readFileSync(path, "utf8"), path) as Layer };
}

/**
 * A run goes on with the model, the text and the randomness that it began with; everything else may change.
 *
 * @throws InputError naming what differs
 */
export function requireSameRun(
  { path, config: model, state }: Checkpoint,
  config: RunConfig,
  { fingerprint }: Pick<Task, "fingerprint">,
): void {
  if (state === null) {
    throw new InputError({
      field: "--resume",
      given: `${path}, which has weights alone`,
      allowed: "a checkpoint with its trainer.json",
    });
  }
  const fixed: [string, unknown, unknown][] = [
    ...Object.keys(model).map(
      (key) =>
        [key, config.model[key as keyof typeof model], model[key as keyof typeof model]] as [
          string,
          unknown,
          unknown,
        ],
    ),
    ...Object.keys(state.data).map(
      (key) =>
        [key, config.data[key as keyof RunConfig["data"]], state.data[key as keyof RunConfig["data"]]] as [
          string,
          unknown,
          unknown,
        ],
    ),
    ...(["seed", "length", "optimizer"] as const).map(
      (key) => [key, config.training[key], state.training[key]] as [string, unknown, unknown],
    ),
  ];
  for (const [key, now, then] of fixed) {
    if (JSON.stringify(now) !== JSON.stringify(then)) {
      throw new InputError({
        field: key,
        given: JSON.stringify(now),
        allowed: `${JSON.stringify(then)}, with which this run began`,
      });
    }
  }
  if (fingerprint.sha256 !== state.corpus.sha256) {
    throw new InputError({
      field: `corpus ${config.data.corpus}`,
      given: `of other bytes than when this run began (${fingerprint.bytes}, then ${state.corpus.bytes})`,
      allowed: "the same data",
    });
  }
}
