/** `reformer convert` and `reformer export`: a model from any format in which one is understood into another. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  encodeSafetensors,
  parameterShapes,
  type PositionChange,
  requireState,
  resolveConfig,
  tfjsFiles,
  transformersFiles,
} from "@reformer-ts/model";
import { Command, Option } from "commander";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { sizeOf } from "../architecture/model-config";
import { openSource, type ReformerSource, withPositionChange } from "../checkpoints/open-source";
import { tokenizerFiles, tokenizerKind } from "../checkpoints/tokenizer-beside";
import type { TrainerState } from "../run/trainer-state";
import { writeFolderAtomically } from "../run/atomic";
import { makeFolder } from "../run/folder";
import type { Terminal } from "../terminal";
import { checkpointHelp, numberFlag, requireRun } from "./shared";

const formats = ["reformer", "transformers", "tfjs"] as const;
type Format = (typeof formats)[number];

interface Flags {
  to: Format;
  maxLength?: number;
  axialShape?: number[];
  hashSeed?: number;
  json?: true;
}

export function convertCommand(terminal: Terminal): Command {
  return withModelFlags(new Command("convert"))
    .summary("a model from one format into another")
    .description(
      "Reads a model from a run, transformers (safetensors or PyTorch), Trax, tfjs or the Hugging Face hub, and writes it as a folder. Nothing in what is read is ever run.",
    )
    .argument("<from>", checkpointHelp.replace(" (default: the newest run)", ""))
    .argument("<to>", "the new folder")
    .addOption(new Option("--to <format>", "of which format").choices(formats).default("reformer"))
    .addHelpText("after", convertExamples)
    .action((from: string, to: string, flags: Flags) => convert(terminal, from, to, flags));
}

export function exportCommand(terminal: Terminal): Command {
  return withModelFlags(new Command("export"))
    .summary("a folder that transformers opens")
    .description(
      "Writes a model as ReformerModelWithLMHead.from_pretrained reads it, with a README; the loss there is the same.",
    )
    .argument("<to>", "the new folder")
    .argument("[checkpoint]", checkpointHelp)
    .addHelpText("after", exportExamples)
    .action((to: string, from: string | undefined, flags: Omit<Flags, "to">) =>
      convert(terminal, requireRun(from), to, { ...flags, to: "transformers" }),
    );
}

function withModelFlags(command: Command): Command {
  return command
    .option(
      "--max-length <tokens>",
      "another longest sequence: position tables are cut, or repeated",
      numberFlag("--max-length", { least: 1, whole: true }),
    )
    .option("--axial-shape <sizes>", "another position grid, such as 64,128", readSizes)
    .option(
      "--hash-seed <n>",
      "fixed rotations, those that torch draws from this seed: with LSH layers, needed for the very same loss in transformers",
      numberFlag("--hash-seed", { least: 0, whole: true }),
    )
    .option("--json", "what was written, as JSON");
}

async function convert(terminal: Terminal, from: string, to: string, flags: Flags): Promise<void> {
  requireNew(to);
  const opened = await openSource(from, { log: (line) => terminal.err(`${line}\n`) });
  const source = withHashSeed(withPositionChange(opened, positionChange(flags)), flags.hashSeed);
  requireState(parameterShapes(source.model.config), source.model.state, source.path);
  const files = writers[flags.to](source);
  makeFolder(dirname(resolve(to)));
  writeFolderAtomically(to, { ...files, ...tokenizerFiles(source.tokenizer) });
  const parameters = sizeOf(source.model.config);
  const report = { from: source.path, to, format: flags.to, parameters, files: readdirSync(to).toSorted() };
  terminal.out(flags.json ? `${JSON.stringify(report)}\n` : `${to}\n`);
}

function positionChange({ maxLength, axialShape }: Flags): PositionChange {
  return {
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(axialShape === undefined ? {} : { axialShape, positions: "axial" }),
  };
}

function withHashSeed(source: ReformerSource, torchHashSeed: number | undefined): ReformerSource {
  if (torchHashSeed === undefined) return source;
  const config = resolveConfig({ ...source.model.config, torchHashSeed });
  return { ...source, model: { ...source.model, config } };
}

function ourFiles({ model: { config, state } }: ReformerSource): Record<string, string | Uint8Array> {
  return {
    "config.json": `${JSON.stringify(config, null, 2)}\n`,
    "model.safetensors": encodeSafetensors(state, { format: "reformer-ts" }),
  };
}

function theirFiles({ model, tokenizer, state }: ReformerSource): Record<string, Uint8Array> {
  return transformersFiles(model, {
    ...(tokenizer === null ? {} : { tokens: tokenizerKind(tokenizer) === "bytes" ? "bytes" : "subwords" }),
    ...(state === null
      ? {}
      : {
          trainedOn: `${state.data.corpus}, ${state.tokens.toLocaleString("en")} tokens in ${state.step.toLocaleString("en")} steps`,
          figures: state.heldOut === null ? {} : { [figureName(state)]: state.heldOut.toFixed(3) },
        }),
  });
}

/** What else than text is counted per token. */
const figureName = ({ data }: TrainerState) => `held-out bits per ${data.task === "text" ? "byte" : "token"}`;

const writers: Record<Format, (source: ReformerSource) => Record<string, string | Uint8Array>> = {
  reformer: ourFiles,
  transformers: theirFiles,
  tfjs: ({ model }) => tfjsFiles(model),
};

/** What is there already may be somebody's only copy. */
function requireNew(path: string): void {
  if (!existsSync(path) || (statSync(path).isDirectory() && readdirSync(path).length === 0)) return;
  throw new InputError({
    field: "to",
    given: `${path}, which is there already`,
    allowed: "a new or empty folder",
  });
}

function readSizes(text: string): number[] {
  return text.split(",").map(numberFlag("--axial-shape", { least: 1, whole: true }));
}

const convertExamples = `
Examples:
  reformer convert google/reformer-enwik8 models/enwik8
  reformer convert model.pkl.gz models/copy          what Trax does not save is told in model.json beside it
  reformer convert runs/novel page/model --to tfjs
  reformer convert runs/novel exported --to transformers --max-length 4096 --json
`;

const exportExamples = `
Examples:
  reformer export exported                           the newest run
  reformer export exported runs/novel --hash-seed 0
`;
