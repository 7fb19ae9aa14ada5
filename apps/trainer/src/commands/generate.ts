/** `reformer generate`: a checkpoint goes on with a text. The text goes to stdout as it is made, the rest to stderr. */
import { musicTokens, type Tokenizer } from "@reformer-ts/data";
import { readText } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import type { Source } from "../checkpoints/open-source";
import { dim, type Terminal } from "../terminal";
import { openTask } from "../tasks";
import { isMidi, readMidi } from "../tasks/music";
import { beyondTraining, writeOn } from "../write-on";
import { openModel, requireTokenizer } from "./model-of";
import { writerFor } from "./written-file";
import { backendOption, checkpointHelp, numberFlag } from "./shared";

/** Tokens of a passage. */
const passageLength = 400;

interface Flags {
  prompt?: string;
  promptFile?: string;
  passage?: number;
  tokens: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  out?: string;
  backend: string;
  json?: true;
}

export function generateCommand(terminal: Terminal): Command {
  return new Command("generate")
    .summary("let a checkpoint write on")
    .description(
      "Continues a text, or what else is written token by token: music as four pitches a line, genomes as FASTA, tokens as numbers. Only what the model writes goes to stdout.",
    )
    .argument("[checkpoint]", checkpointHelp)
    .option("--prompt <text>", "what to continue")
    .addOption(
      new Option("--prompt-file <file>", "a file to continue; of music, a MIDI file too").conflicts("prompt"),
    )
    .addOption(
      new Option("--passage <token>", "continue the held-out text from there (this is the default, from 0)")
        .argParser(numberFlag("--passage", { least: 0, whole: true }))
        .conflicts(["prompt", "promptFile"]),
    )
    .addOption(
      new Option("--tokens <n>", "tokens to write; for bytes, about as many characters")
        .argParser(numberFlag("--tokens", { least: 1, whole: true }))
        .default(500),
    )
    .addOption(
      new Option("--temperature <t>", "below 1 more careful, above 1 wilder; 0 always takes the likeliest")
        .argParser(numberFlag("--temperature", { least: 0, most: 100 }))
        .default(0.8),
    )
    .addOption(
      new Option("--top-k <n>", "draw among the n likeliest tokens; 0: all")
        .argParser(numberFlag("--top-k", { least: 0, whole: true }))
        .default(0),
    )
    .addOption(
      new Option("--top-p <p>", "draw among the likeliest tokens that together have this probability")
        .argParser(numberFlag("--top-p", { least: 0, most: 1 }))
        .default(0.95),
    )
    .addOption(
      new Option("--seed <n>", "the same seed writes the same text")
        .argParser(numberFlag("--seed", { least: 0, whole: true }))
        .default(1),
    )
    .option("--out <file>", "the prompt and what follows as a file too: .mid of music, else .npy or .txt")
    .option("--json", "prompt and text as JSON, once all is written")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (path: string | undefined, flags: Flags) => {
      const { model, checkpoint, dispose } = await openModel(terminal, path, flags);
      try {
        const task = checkpoint.state?.data.task ?? "text";
        requireTokens(checkpoint.path, task);
        const save = flags.out === undefined ? null : writerFor(flags.out, task);
        const tokenizer = requireTokenizer(checkpoint);
        const prompt = promptOf(flags, checkpoint, tokenizer);
        const { tokens: maxTokens, temperature, topK, topP, seed } = flags;
        const trained = checkpoint.state?.training.length ?? Infinity;
        const warning = beyondTraining(model, { prompt: prompt.length, maxTokens, trained });
        if (warning) terminal.err(`${warning}\n`);
        terminal.err(dim(terminal, tokenizer.decode(prompt)));
        const started = performance.now();
        const written: number[] = [];
        let text = "";
        const onToken = (token: number) => void written.push(token);
        const options = { maxTokens, temperature, topK, topP, seed, onToken };
        for await (const piece of writeOn(model, tokenizer, prompt, options)) {
          if (flags.json) text += piece;
          else terminal.out(piece);
        }
        const seconds = (performance.now() - started) / 1000;
        save?.([...prompt, ...written], tokenizer);
        const report = {
          checkpoint: checkpoint.path,
          prompt: tokenizer.decode(prompt),
          text,
          tokens: maxTokens,
          seconds,
        };
        terminal.out(flags.json ? `${JSON.stringify(report)}\n` : "\n");
      } finally {
        dispose();
      }
    });
}

function promptOf(
  { prompt, promptFile, passage = 0 }: Flags,
  { path, state }: Source,
  tokenizer: Tokenizer,
): Int32Array {
  if (prompt === "")
    throw new InputError({ field: "--prompt", given: "empty", allowed: "at least one character" });
  if (prompt !== undefined) return tokenizer.encode(prompt);
  if (promptFile !== undefined) return promptIn(promptFile, tokenizer);
  if (state === null) {
    throw new InputError({
      field: "--prompt",
      given: "missing",
      allowed: `given, because ${path} says nothing of a text`,
    });
  }
  const task = openTask(state.data, { tokenizer, length: state.training.length });
  try {
    return task.passage!(passage, passageLength);
  } finally {
    task.close();
  }
}

function promptIn(file: string, tokenizer: Tokenizer): Int32Array {
  if (!isMidi(file) || tokenizer.toJSON().type !== "music") return tokenizer.encode(readText(file));
  return Int32Array.from(musicTokens([readMidi(file)]));
}

/** @throws InputError when the model was trained on something that is not written token by token */
function requireTokens(path: string, task: string): void {
  if (task !== "images") return;
  throw new InputError({
    field: "checkpoint",
    given: `${path}, trained on ${task}`,
    allowed: "a model of text; images are completed by `reformer complete`",
  });
}

const examples = `
Examples:
  reformer generate                                       the newest run continues its held-out text
  reformer generate runs/novel --prompt "Raskolnikov " --tokens 1000
  reformer generate google/reformer-crime-and-punishment --prompt "A few months later"
  reformer generate runs/chorales --tokens 1000 --out chorale.mid
  reformer generate runs/chorales --prompt-file theme.mid --out theme-and-more.mid
  reformer generate --passage 20000 --temperature 0.6 --top-k 40 --seed 7
`;
