/** `reformer score`: how well a checkpoint foretells any file of its kind. */
import { byteTokenizer } from "@reformer-ts/data";
import { Command } from "commander";
import { languageLearner } from "../architecture/language-learner";
import { dataSchema } from "../config/schema";
import { measure } from "../evaluate";
import { bitsName } from "../figures";
import { openMeasured } from "../tasks";
import { requireWindowFits } from "../memory-budget";
import type { Terminal } from "../terminal";
import { windowFlags } from "./evaluate";
import { openModel, requireTokenizer } from "./model-of";
import { backendOption, checkpointHelp, numberFlag } from "./shared";

interface Flags {
  checkpoint?: string;
  backend: string;
  length?: number;
  stride?: number;
  limit?: number;
  json?: true;
}

export function scoreCommand(terminal: Terminal): Command {
  return new Command("score")
    .summary("bits per byte of a file")
    .description(
      "Bits per byte of UTF-8 texts (.gz too, or folders of them), one line each; of files of the kind that a model has learned: images, music, genomes, tokens.",
    )
    .argument("<files...>", "what to measure")
    .option("--checkpoint <folder>", checkpointHelp)
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
    .option(
      "--limit <tokens>",
      "measure only so many of each",
      numberFlag("--limit", { least: 1, whole: true }),
    )
    .option("--json", "one JSON object a line")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (files: string[], flags: Flags) => {
      const { model, checkpoint, dispose } = await openModel(terminal, flags.checkpoint, flags);
      const { length, stride } = windowFlags(
        flags,
        checkpoint.state?.training.length ?? model.config.maxLength,
      );
      try {
        const data = dataSchema.parse({ ...checkpoint.state?.data });
        const tokenizer = data.task === "images" ? byteTokenizer() : requireTokenizer(checkpoint);
        requireWindowFits(model.config, length);
        for (const file of files) {
          const { heldOut, unit, unitsPerToken, close } = openMeasured(file, data, tokenizer);
          try {
            const examples = heldOut({ length, stride, limit: flags.limit });
            const options = { batch: 1, unitsPerToken };
            const { bits, tokens } = (await measure(languageLearner(model), examples, options))!;
            terminal.out(
              flags.json
                ? `${JSON.stringify({ file, tokens, [bitsName(unit)]: bits })}\n`
                : `${bits.toFixed(4)}  ${file}\n`,
            );
          } finally {
            close();
          }
        }
      } finally {
        dispose();
      }
    });
}

const examples = `
Examples:
  reformer score chapter.txt
  reformer score --checkpoint runs/novel mine.txt yours.txt --json
  reformer score --checkpoint runs/genome other.fa.gz
`;
