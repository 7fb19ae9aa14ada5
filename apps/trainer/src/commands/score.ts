/** `reformer score`: how well a checkpoint foretells any text. */
import { sequentialWindows, sliceOf, type Tokenizer } from "@reformer-ts/data";
import { type FileSource, openByteSource } from "@reformer-ts/data/node";
import { Command } from "commander";
import { bytesPerToken, encode, tokensAre } from "../corpus";
import { measure } from "../evaluate";
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
    .description("Bits per byte of UTF-8 texts (.gz too, or folders of them), one line each.")
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
        for (const file of files) {
          const source = openTokens(file, requireTokenizer(checkpoint));
          try {
            const part = sliceOf(source, 0, Math.min(flags.limit ?? Infinity, source.length));
            const { bits: bitsPerByte, tokens } = (await measure(
              model,
              sequentialWindows(part, { length, stride: stride ?? length }),
              { batch: 1, unitsPerToken: source.bytesPerToken },
            ))!;
            terminal.out(
              flags.json
                ? `${JSON.stringify({ file, tokens, bitsPerByte })}\n`
                : `${bitsPerByte.toFixed(4)}  ${file}\n`,
            );
          } finally {
            source.close();
          }
        }
      } finally {
        dispose();
      }
    });
}

/** A text as a model's tokens, and how much text a token is. */
function openTokens(file: string, tokenizer: Tokenizer): FileSource & { bytesPerToken: number } {
  if (tokensAre(tokenizer, "bytes")) return { ...openByteSource(file), bytesPerToken: 1 };
  const tokens = encode(file, tokenizer);
  return { ...tokens, bytesPerToken: bytesPerToken(tokens, tokenizer), close: () => {} };
}

const examples = `
Examples:
  reformer score chapter.txt
  reformer score --checkpoint runs/novel mine.txt yours.txt --json
`;
