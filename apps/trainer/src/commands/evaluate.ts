/** `reformer evaluate`: a checkpoint on what its run held out. */
import { InputError } from "@reformer-ts/internal-checks";
import { Command } from "commander";
import { measure } from "../evaluate";
import { bitsName } from "../figures";
import { openTask } from "../tasks";
import type { Terminal } from "../terminal";
import { openModel, requireTokenizer } from "./model-of";
import { dataSchema } from "../config/schema";
import { backendOption, checkpointHelp, numberFlag } from "./shared";

interface Flags {
  corpus?: string;
  backend: string;
  length?: number;
  stride?: number;
  limit?: number;
  json?: true;
}

export function evaluateCommand(terminal: Terminal): Command {
  return new Command("evaluate")
    .summary("measure a checkpoint on what was held out")
    .description(
      "Bits per byte of the text that a run held out, or bits per dim of its images; every token is foretold once.",
    )
    .argument("[checkpoint]", checkpointHelp)
    .option("--corpus <path>", "other data than the run's, of which the same share is held out")
    .option(
      "--length <tokens>",
      "tokens in a window (default: as in training)",
      numberFlag("--length", { least: 1, whole: true }),
    )
    .option(
      "--stride <tokens>",
      "tokens that each window adds: below --length, tokens see more (default: --length)",
      numberFlag("--stride", { least: 1, whole: true }),
    )
    .option("--limit <tokens>", "measure only so many", numberFlag("--limit", { least: 1, whole: true }))
    .option("--json", "the result as JSON")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (path: string | undefined, flags: Flags) => {
      const { model, checkpoint, dispose } = await openModel(terminal, path, flags);
      const { state } = checkpoint;
      if (state === null && flags.corpus === undefined) {
        throw new InputError({
          field: "checkpoint",
          given: `${checkpoint.path}, which says nothing of a text`,
          allowed: "one with a trainer.json, or told of a text by --corpus",
        });
      }
      const data = dataSchema.parse({
        ...state?.data,
        ...(flags.corpus === undefined ? {} : { corpus: flags.corpus }),
      });
      const task = openTask(data, data.task === "text" ? requireTokenizer(checkpoint) : undefined);
      try {
        const { length, stride } = windowFlags(
          flags,
          state?.training.length ?? model.config.maxLength,
          state?.training.evaluateStride,
        );
        const examples = task.heldOut({ length, stride, limit: flags.limit });
        const { bits, tokens } = (await measure(model, examples, {
          batch: 1,
          unitsPerToken: task.unitsPerToken,
        }))!;
        const step = state?.step ?? null;
        terminal.out(
          flags.json
            ? `${JSON.stringify({ checkpoint: checkpoint.path, step, corpus: data.corpus, tokens, [bitsName(task.unit)]: bits })}\n`
            : `held-out bits per ${task.unit}: ${bits.toFixed(2)}\n`,
        );
      } finally {
        task.close();
        dispose();
      }
    });
}

/** @throws InputError when windows would leave tokens out between them */
export function windowFlags(
  { length, stride }: Pick<Flags, "length" | "stride">,
  trained: number,
  usual: number | null = null,
): { length: number; stride: number | null } {
  const tokens = length ?? trained;
  if (stride !== undefined && stride > tokens) {
    throw new InputError({
      field: "--stride",
      given: `${stride}`,
      allowed: `at most the window's ${tokens} tokens`,
    });
  }
  return { length: tokens, stride: stride ?? (usual === null ? null : Math.min(usual, tokens)) };
}

const examples = `
Examples:
  reformer evaluate                                 the newest run
  reformer evaluate runs/novel/step-00001000        one checkpoint
  reformer evaluate runs/novel --stride 512 --json
`;
