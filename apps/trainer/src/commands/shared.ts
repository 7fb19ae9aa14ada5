/** What several commands take, and how they end. */
import { InputError } from "@reformer-ts/internal-checks";
import { Option } from "commander";
import { BACKEND_CHOICES } from "../backend/open-backend";
import { latestRun } from "../run/folder";

/** Says with which code the process is to end. */
export type ExitCode = (code: number) => void;

export function backendOption(): Option {
  return new Option("--backend <name>", `where to compute: ${BACKEND_CHOICES.join(", ")}`).default("auto");
}

/** What may be named where a model is wanted. */
export const checkpointHelp =
  "a run, of which the best checkpoint is taken, or a checkpoint; a folder of transformers or a file of its weights; a checkpoint of Trax; or a model's id on the Hugging Face hub (default: the newest run)";

/** The run that is meant when none is named. */
export function requireRun(path: string | undefined): string {
  const run = path ?? latestRun();
  if (run === null) {
    throw new InputError({
      field: "checkpoint",
      given: "missing, with no run under runs/",
      allowed: "the folder of a run or of one of its checkpoints",
    });
  }
  return run;
}

export interface Bounds {
  least?: number;
  most?: number;
  whole?: boolean;
}

/** A reader of a number for one flag. */
export function numberFlag(
  flag: string,
  { least = -Infinity, most = Infinity, whole = false }: Bounds = {},
): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isSafeInteger(value)))
      return value;
    const range = [
      Number.isFinite(least) ? `from ${least}` : "",
      Number.isFinite(most) ? `to ${most}` : "",
    ].filter(Boolean);
    throw new InputError({
      field: flag,
      given: text === "" ? "empty" : text,
      allowed: [`a ${whole ? "whole " : ""}number`, ...range].join(" "),
    });
  };
}
