/** `reformer translate`: a checkpoint of the task translation, one sentence a line. */
import { readText } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import { createEncoderDecoder } from "@reformer-ts/model";
import { Command, Option } from "commander";
import { text as readAll } from "node:stream/consumers";
import { isEncoderDecoder } from "../architecture/model-config";
import { openBackend } from "../backend";
import { openAnySource, sourceParameters } from "../checkpoints/open-source";
import { nextTurn } from "../stop";
import { dim, type Terminal } from "../terminal";
import { translateTexts } from "../translate-texts";
import { requireTokenizer } from "./model-of";
import { backendOption, checkpointHelp, numberFlag, requireRun } from "./shared";

/** Sentences at once: enough to keep the matrices full, few enough for the first to appear soon. */
const together = 16;

interface Flags {
  checkpoint?: string;
  beam: number;
  lengthPenalty: number;
  temperature?: number;
  seed: number;
  tokens?: number;
  backend: string;
  json?: true;
}

export function translateCommand(terminal: Terminal): Command {
  return new Command("translate")
    .summary("let a checkpoint translate")
    .description(
      "Translates one sentence a line, in the direction that the checkpoint was trained in. Translations go to stdout, a line each and in order.",
    )
    .argument("[file]", "UTF-8 text with a sentence a line (default: standard input)")
    .option("--checkpoint <folder>", checkpointHelp)
    .option(
      "--beam <n>",
      "beginnings that are followed at a time; 1 takes the likeliest token each time",
      numberFlag("--beam", { least: 1, most: 64, whole: true }),
      4,
    )
    .option(
      "--length-penalty <p>",
      "0 compares by probability alone, which prefers the short; more prefers the long",
      numberFlag("--length-penalty", { least: 0, most: 10 }),
      0.6,
    )
    .addOption(
      new Option(
        "--temperature <t>",
        "draw tokens instead of searching: below 1 more careful, above 1 wilder; 0 always takes the likeliest",
      )
        .argParser(numberFlag("--temperature", { least: 0, most: 100 }))
        .conflicts(["beam", "lengthPenalty"]),
    )
    .option(
      "--seed <n>",
      "the same seed draws the same translations",
      numberFlag("--seed", { least: 0, whole: true }),
      1,
    )
    .option(
      "--tokens <n>",
      "longest translation (default: as in training)",
      numberFlag("--tokens", { least: 1, whole: true }),
    )
    .option("--json", "one JSON object a line")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (file: string | undefined, flags: Flags) => {
      const log = (line: string) => terminal.err(`${line}\n`);
      const source = await openAnySource(requireRun(flags.checkpoint), { log });
      const { config } = source.model;
      if (!isEncoderDecoder(config)) {
        throw new InputError({
          field: "checkpoint",
          given: `${source.path}, a model that goes on with a sequence`,
          allowed: "one that was trained with task translation; `reformer generate` takes this one",
        });
      }
      const tokenizer = requireTokenizer(source);
      const sentences = linesOf(file === undefined ? await readAll(process.stdin) : readText(file));
      const backend = await openBackend(flags.backend, { log });
      log(dim(terminal, `${source.path} on ${backend.label}`));
      const parameters = sourceParameters(source);
      const model = createEncoderDecoder(config, parameters);
      const maxTokens = flags.tokens ?? source.state?.training.length ?? config.maxLength;
      const { temperature = 0, lengthPenalty } = flags;
      const beamSize = flags.temperature === undefined ? flags.beam : 1;
      const options = { maxTokens, beamSize, lengthPenalty, temperature, sourceTokens: config.maxLength };
      try {
        for (let first = 0; first < sentences.length; first += together) {
          const some = sentences.slice(first, first + together);
          const seed = deriveSeed(flags.seed, "sentence", first);
          const written = await translateTexts(model, tokenizer, some, { ...options, seed });
          for (const [i, translation] of written.entries()) {
            terminal.out(
              flags.json
                ? `${JSON.stringify({ source: some[i], translation })}\n`
                : `${translation.replace(/\s*\n\s*/g, " ")}\n`,
            );
          }
          await nextTurn();
        }
      } finally {
        parameters.dispose();
      }
    });
}

/** A line feed at the end ends the last line and begins none. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

const examples = `
Examples:
  reformer translate < sentences.txt                 the newest run, on standard input
  echo "Ein Mann schläft." | reformer translate --beam 1
  reformer translate --checkpoint runs/wmt-ende sentences.txt > translations.txt
  reformer translate --temperature 0.7 --seed 3 sentences.txt
  reformer translate --json sentences.txt
`;
