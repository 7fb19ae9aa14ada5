/** `reformer prepare`: brings data to this machine, or reads what is there already, and says what can be trained on. */
import { corpora, fetchCorpus } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import { existsSync } from "node:fs";
import { dataSchema, type RunConfig } from "../config/schema";
import { flagName } from "../config/flags";
import { emoji, installEmoji } from "../prepare/emoji";
import { encodeText } from "../prepare/encode-text";
import { knownCorpora } from "../prepare/known-corpora";
import { downloadProgress } from "../prepare/download-progress";
import { guessTask, hintsFor } from "../prepare/guess-task";
import { openTask, tasks } from "../tasks";
import { shippedNovel } from "../tasks/corpus-files";
import type { Terminal } from "../terminal";
import { numberFlag } from "./shared";

interface Flags {
  task?: RunConfig["data"]["task"];
  vocabSize?: number;
  tokenizer?: string;
  out?: string;
  json?: true;
}

export function prepareCommand(terminal: Terminal): Command {
  const names = Object.keys(tasks).filter((name) => tasks[name as keyof typeof tasks].measured !== undefined);
  return new Command("prepare")
    .summary("download or read data, and encode texts")
    .description(
      "Brings a public corpus to this machine, or reads your own data, and says what it holds and how it is trained on. A download that was cut off goes on where it stopped, and is checked against the file's sha256. With --vocab-size or --tokenizer a text is encoded once into a folder, which training reads window by window. Without an argument it lists the corpora that it knows.",
    )
    .argument("[data]", "the name of a public corpus, or a file or folder")
    .addOption(new Option("--task <task>", "what the data are (default: from the name)").choices(names))
    .option(
      "--vocab-size <n>",
      "make a vocabulary of so many tokens from the text (byte pairs), and encode it",
      numberFlag("--vocab-size", { least: 256, most: 65_536, whole: true }),
    )
    .addOption(
      new Option(
        "--tokenizer <name or file>",
        "encode a text with this one: characters, a tokenizer.json or a SentencePiece .model",
      ).conflicts("vocabSize"),
    )
    .option("--out <folder>", "where an encoded text goes (default: prepared/NAME)")
    .option("--json", "the result as JSON")
    .addHelpText("after", examples)
    .action(async (what: string | undefined, flags: Flags) => {
      if (what === undefined) terminal.out(knownCorpora(flags));
      else terminal.out(await prepare(terminal, what, flags));
    });
}

async function prepare(terminal: Terminal, what: string, flags: Flags): Promise<string> {
  const isName = Object.hasOwn(corpora, what) && !existsSync(what);
  if (what === emoji) await installEmoji((line) => terminal.err(`${line}\n`));
  else if (isName) await fetchCorpus(what, { onProgress: downloadProgress(terminal, what), retries: 3 });
  const task = flags.task ?? (what === emoji ? "images" : isName ? corpora[what]!.kind : guessTask(what));
  const encodes = flags.vocabSize !== undefined || flags.tokenizer !== undefined;
  requireText(flags, task, encodes);
  const corpus = encodes ? encodeText(what, flags) : what;
  const data = dataSchema.parse({ task, corpus, ...hintsFor(what, task) });
  const length = tasks[task].length?.(data) ?? 1;
  const opened = openTask(data, { length });
  try {
    const next = trainingCommand(data);
    if (flags.json) {
      const { description, heldOutTokens, vocabSize, fingerprint } = opened;
      return `${JSON.stringify({ corpus, task, description, heldOutTokens, vocabSize, sha256: fingerprint.sha256, next })}\n`;
    }
    return [
      `${corpus}: ${opened.description}`,
      ...(data.split === "standard"
        ? ["held out is the validation part; as much again is for: reformer evaluate --part test"]
        : []),
      `train on it with: ${next}`,
      "",
    ].join("\n");
  } finally {
    opened.close();
  }
}

/** What differs from the defaults, as it would be typed. */
function trainingCommand(data: RunConfig["data"]): string {
  const usual = dataSchema.parse({});
  const keys = Object.keys(usual) as (keyof typeof usual)[];
  const flags = keys.filter((key) => data[key] !== usual[key]).map((key) => `${flagName(key)} ${data[key]}`);
  return ["reformer train", ...(data.corpus === shippedNovel ? ["--config novel"] : []), ...flags].join(" ");
}

function requireText({ out }: Flags, task: string, encodes: boolean): void {
  if (encodes && task !== "text") {
    throw new InputError({ field: "--task", given: task, allowed: "text, which alone is encoded" });
  }
  if (!encodes && out !== undefined) {
    throw new InputError({
      field: "--out",
      given: `${out} with nothing to encode`,
      allowed: "given with --vocab-size or --tokenizer",
    });
  }
}

const examples = `
Examples:
  reformer prepare                                       what is known by name
  reformer prepare enwik8                                36 MB, once
  reformer prepare book.txt                              what there is to learn in it
  reformer prepare novel --vocab-size 320                encoded into prepared/novel
  reformer prepare corpus --tokenizer spiece.model --out prepared/corpus
  reformer prepare songs --task music                    a folder of MIDI files
  reformer prepare genome.fa.gz --json
`;
