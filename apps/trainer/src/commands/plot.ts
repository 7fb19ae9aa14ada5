/** `reformer plot`: learning curves of runs, finished or not. */
import { InputError } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import { join } from "node:path";
import { drawCurves, spent, type Spent } from "../plot/curves";
import { writeFileAtomically } from "../run/atomic";
import { isRun, requireFolder, runFiles } from "../run/folder";
import { readMetrics } from "../run/metrics";
import type { Terminal } from "../terminal";
import { requireRun } from "./shared";

interface Flags {
  out?: string;
  against: Spent;
}

export function plotCommand(terminal: Terminal): Command {
  return new Command("plot")
    .summary("learning curves as SVG")
    .description("Draws the learning curve of one run, or compares several.")
    .argument("[runs...]", "folders of runs (default: the newest)")
    .option("--out <file>", "where to write (default: curve.svg in the run; curves.svg here for several)")
    .addOption(
      new Option("--against <what>", "what the curves are drawn against").choices(spent).default("tokens"),
    )
    .addHelpText("after", examples)
    .action((paths: string[], { out, against }: Flags) => {
      const runs = (paths.length > 0 ? paths : [requireRun(undefined)]).map((path) => ({
        path,
        metrics: metricsOf(path),
      }));
      const file = out ?? (runs.length === 1 ? join(runs[0]!.path, runFiles.curve) : "curves.svg");
      writeFileAtomically(file, drawCurves(runs, { against }));
      terminal.out(`${file}\n`);
    });
}

function metricsOf(path: string) {
  requireFolder(path, "run", "the folder of a run");
  const metrics = readMetrics(path);
  if (metrics.length === 0) {
    throw new InputError({
      field: "run",
      given: isRun(path) ? `${path}, which has not made a step yet` : `${path}, without metrics.jsonl`,
      allowed: "the folder of a run that has begun",
    });
  }
  return metrics;
}

const examples = `
Examples:
  reformer plot                                     the newest run, again
  reformer plot runs/novel runs/novel-2 --against minutes --out compare.svg
`;
