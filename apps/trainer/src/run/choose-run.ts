/** Which folder a run lives in, and whether what is there goes on. */
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readConfigFile } from "../config/files";
import type { NamedLayer } from "../config/layer";
import { resolveRun } from "../config/resolve";
import type { RunConfig } from "../config/schema";
import { isRun, latestRun, requireFolder, unusedRun } from "./folder";
import { readRunConfig } from "./run-config";

/** What the command line says of it. */
export interface RunFlags {
  config?: string;
  run?: string;
  resume?: true | string;
}

/** @throws InputError when the folder is not right for what is asked */
export function chooseRun({ run, resume, config }: RunFlags): { run: string; resumed: boolean } {
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
export function resumeConfig(run: string, { config }: RunFlags, overrides: NamedLayer): RunConfig {
  const layers = [readRunConfig(run), ...(config === undefined ? [] : [readConfigFile(config)]), overrides];
  // Asked for more time, the run plans its steps anew.
  const replan =
    overrides.values.training?.["minutes"] !== undefined && overrides.values.training["steps"] === undefined;
  return resolveRun([...layers, ...(replan ? [{ file: null, values: { training: { steps: null } } }] : [])]);
}

const runName = (config = "novel") => basename(config).replace(/\.[^.]*$/, "") || "run";
