/** `reformer bench`: how fast training is here and what it holds, by length, depth and rounds. */
import { InputError, nearest } from "@reformer-ts/internal-checks";
import { Command, Option } from "commander";
import { cpus } from "node:os";
import { drawBench } from "../bench/figure";
import { runStep, type RunStepOptions } from "../bench/run-step";
import { type Attention, attentions, type BenchRow, seriesOf, specOf, type Sweep } from "../bench/series";
import { tableHead, tableLegend, tableRow } from "../bench/table";
import { BACKEND_CHOICES } from "../backend/open-backend";
import { KERNEL_CHOICES, type KernelChoice } from "../kernels/open-kernels";
import { memoryForm } from "../memory-budget";
import { writeFileAtomically } from "../run/atomic";
import type { Terminal } from "../terminal";
import { backendOption, type ExitCode, numberFlag } from "./shared";

interface Flags extends Partial<Sweep> {
  backend: string;
  kernels: KernelChoice;
  memory: string;
  steps?: number;
  minutes: number;
  json?: true;
  svg?: string;
}

/** Two minutes on a laptop with TensorFlow. */
const usual: Sweep = { lengths: [4096, 16_384, 65_536], attention: ["local+lsh"], depths: [6], rounds: [1] };
/** The paper's figure: attention of one layer. */
const figure: Sweep = {
  lengths: [1024, 2048, 4096, 8192, 16_384, 32_768],
  attention: ["full", "lsh"],
  depths: [1],
  rounds: [1, 2, 4, 8],
};

export function benchCommand(
  terminal: Terminal,
  exit: ExitCode,
  run?: Pick<RunStepOptions, "program">,
): Command {
  return new Command("bench")
    .summary("speed and memory of training")
    .description(
      "Takes training steps in the shape of google/reformer-crime-and-punishment, each length in a process of its own.",
    )
    .option(
      "--lengths <tokens,…>",
      `tokens in a window (default: ${usual.lengths})`,
      numbersFlag("--lengths"),
    )
    .option("--depths <layers,…>", `layers (default: ${usual.depths})`, numbersFlag("--depths"))
    .option("--rounds <rounds,…>", `hash rounds (default: ${usual.rounds})`, numbersFlag("--rounds"))
    .option(
      "--attention <kinds,…>",
      `of ${attentions.join(", ")} (default: ${usual.attention})`,
      attentionFlag,
    )
    .addOption(backendOption())
    .addOption(
      new Option("--kernels <kind>", "native kernels, or plain ops alone")
        .choices(KERNEL_CHOICES)
        .default("fused"),
    )
    .option("--memory <budget>", "as of train: auto, min or a size such as 8GB", memoryFlag, "auto")
    .option(
      "--steps <number>",
      "steps that are timed after a first one; 0: the first itself (default: until it is steady)",
      numberFlag("--steps", { least: 0, most: 1000, whole: true }),
    )
    .option(
      "--minutes <number>",
      "what takes longer is given up",
      numberFlag("--minutes", { least: 0.01, most: 600 }),
      10,
    )
    .option("--json", "one JSON object a line instead of the table")
    .option("--svg <file>", "draw it; without other flags, the paper's figure: full attention beside LSH")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => exit(await measure(terminal, flags, run)));
}

async function measure(
  terminal: Terminal,
  flags: Flags,
  run?: Pick<RunStepOptions, "program">,
): Promise<number> {
  requireBackend(flags.backend);
  const sweep = { ...(flags.svg === undefined ? usual : figure), ...given(flags) };
  const { backend, kernels, memory, minutes, steps = null } = flags;
  const rows: BenchRow[] = [];
  if (!flags.json) terminal.out(tableHead);
  for (const length of sweep.lengths) {
    for (const series of seriesOf(sweep)) {
      const spec = specOf(series, { length, backend, kernels, memory, steps });
      const row = { length, ...series, ...(await runStep(spec, { ...run, minutes })) };
      rows.push(row);
      terminal.out(flags.json ? `${JSON.stringify(lineOf(row))}\n` : tableRow(row));
    }
  }
  if (!flags.json) terminal.out(tableLegend);
  if (flags.svg !== undefined) {
    writeFileAtomically(
      flags.svg,
      drawBench(rows, `${cpus().length} x ${cpus()[0]!.model.trim()}, ${nameOfBackend(rows, backend)}`),
    );
    terminal.err(`${flags.svg}\n`);
  }
  return rows.every((row) => "refused" in row) ? 2 : 0;
}

/** Whatever became of it, a line has the same figures. */
const lineOf = (row: BenchRow) =>
  "refused" in row ? { ...row, tokensPerSecond: null, peakBytes: null } : row;

function nameOfBackend(rows: readonly BenchRow[], asked: string): string {
  const measured = rows.find((row) => !("refused" in row));
  return measured && !("refused" in measured) ? `${measured.backend}, ${measured.kernels} kernels` : asked;
}

function given({ lengths, attention, depths, rounds }: Flags): Partial<Sweep> {
  return Object.fromEntries(
    Object.entries({ lengths, attention, depths, rounds }).filter(([, value]) => value !== undefined),
  );
}

/** Told once, and not by the process of every length. */
function requireBackend(name: string): void {
  if (BACKEND_CHOICES.some((choice) => choice === name)) return;
  throw new InputError({ field: "--backend", given: `"${name}"`, allowed: oneOf(name, BACKEND_CHOICES) });
}

function numbersFlag(flag: string): (text: string) => number[] {
  const read = numberFlag(flag, { least: 1, most: 2 ** 30, whole: true });
  return (text) => text.split(",").map(read);
}

function attentionFlag(text: string): Attention[] {
  return text.split(",").map((word) => {
    const kind = attentions.find((name) => name === word.trim());
    if (kind !== undefined) return kind;
    throw new InputError({ field: "--attention", given: `"${word}"`, allowed: oneOf(word, attentions) });
  });
}

function memoryFlag(text: string): string {
  if (memoryForm.test(text)) return text;
  throw new InputError({ field: "--memory", given: `"${text}"`, allowed: "auto, min or a size such as 8GB" });
}

function oneOf(word: string, choices: readonly string[]): string {
  const near = nearest(word, choices);
  return `one of ${choices.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
}

const examples = `
Examples:
  reformer bench
  reformer bench --lengths 4096,65536 --depths 6,24,96 --memory min
  reformer bench --lengths 1048576 --steps 0 --memory 8GB --json
  reformer bench --svg speed.svg          the paper's figure, on this machine
`;
