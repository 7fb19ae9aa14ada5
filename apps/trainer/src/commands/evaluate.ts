/** `reformer evaluate`: a checkpoint on what its run held out. */
import { InputError } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import { isEncoderDecoder } from "../architecture/model-config";
import { measure } from "../evaluate";
import { bitsName } from "../figures";
import { requireWindowFits } from "../memory-budget";
import { openTask } from "../tasks";
import type { Terminal } from "../terminal";
import { openLearner, requireTokenizer } from "./model-of";
import { dataSchema } from "../config/schema";
import { backendOption, checkpointHelp, numberFlag } from "./shared";

interface Flags {
  corpus?: string;
  part?: string;
  numHashes?: number;
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
      "Bits per byte of the text that a run held out, per dim of images, per base of a genome, per token of translations and anything else; every token is foretold once.",
    )
    .argument("[checkpoint]", checkpointHelp)
    .option("--corpus <path>", "other data than the run's, of which the same share is held out")
    .addOption(
      new Option("--part <part>", "which held-out part, where there are two").choices(["validation", "test"]),
    )
    .option(
      "--num-hashes <rounds>",
      "hash rounds, other than the model was trained with",
      numberFlag("--num-hashes", { least: 1, most: 64, whole: true }),
    )
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
      const { learner, checkpoint, dispose } = await openLearner(terminal, path, flags);
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
        ...(flags.part === undefined ? {} : { part: flags.part }),
      });
      const { length, stride } = windowFlags(
        flags,
        state?.training.length ?? checkpoint.model.config.maxLength,
        state?.training.evaluateStride,
      );
      const tokenizer =
        data.task === "text" || data.task === "translation"
          ? { tokenizer: requireTokenizer(checkpoint) }
          : {};
      const task = openTask(data, { ...tokenizer, length });
      try {
        const examples = task.heldOut({ length, stride, limit: flags.limit });
        const { config } = learner.model;
        if (!isEncoderDecoder(config)) requireWindowFits(config, examples.length);
        const { bits, tokens } = (await measure(learner, examples, {
          batch: 1,
          unitsPerToken: task.unitsPerToken,
        }))!;
        const step = state?.step ?? null;
        const remarks = flags.limit === undefined ? ((await task.remarks?.(learner.model)) ?? []) : [];
        const named = Object.fromEntries(remarks.map(({ name, value }) => [name, value]));
        terminal.out(
          flags.json
            ? `${JSON.stringify({ checkpoint: checkpoint.path, step, corpus: data.corpus, tokens, [bitsName(task.unit)]: bits, ...named })}\n`
            : [
                `held-out bits per ${task.unit}: ${bits.toFixed(2)}`,
                ...remarks.map(({ label, text }) => `${label}: ${text}`),
                "",
              ].join("\n"),
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
  reformer evaluate runs/enwik8 --part test         what is published
  reformer evaluate runs/copy --num-hashes 8        hashing more often than in training
`;
