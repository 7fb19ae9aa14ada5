/** `reformer plot`: learning curves of runs, finished or not. */
import { InputError } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import { join } from "node:path";
import { bitsName, bitsOf } from "../figures";
import { drawCurves, spent, type Spent } from "../plot/curves";
import { writeFileAtomically } from "../run/atomic";
import { isRun, requireFolder, runFiles } from "../run/folder";
import { isStep, type Metrics, readMetrics } from "../run/metrics";
import type { Terminal } from "../terminal";
import { requireRun } from "./shared";

interface Flags {
  out?: string;
  against: Spent;
  json?: true;
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
    .option("--json", "where the picture is and what each run has come to, as JSON")
    .addHelpText("after", examples)
    .action((paths: string[], { out, against, json }: Flags) => {
      const runs = (paths.length > 0 ? paths : [requireRun(undefined)]).map((path) => ({
        path,
        metrics: metricsOf(path),
      }));
      const file = out ?? (runs.length === 1 ? join(runs[0]!.path, runFiles.curve) : "curves.svg");
      writeFileAtomically(file, drawCurves(runs, { against }));
      const report = { file, runs: runs.map(({ path, metrics }) => ({ run: path, ...standing(metrics) })) };
      terminal.out(json ? `${JSON.stringify(report)}\n` : `${file}\n`);
    });
}

/** How far a run has come, and its last held-out figure under the name that it has in metrics.jsonl. */
function standing(metrics: readonly Metrics[]) {
  const { step, tokens, seconds } = metrics.at(-1)!;
  const heldOut = metrics.findLast((line) => !isStep(line));
  const bits = heldOut === undefined ? null : bitsOf(heldOut, "heldOut");
  return { step, tokens, seconds, ...(bits === null ? {} : { [bitsName(bits.unit)]: bits.bits }) };
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
  reformer plot runs/* --json
`;
