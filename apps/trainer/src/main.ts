/**
 * The `reformer` command: a table of verbs, and how each ends.
 *
 * Exit codes: 0 done; 1 a fault of this program; 2 something that the user can mend, told in one sentence; 130 and 143
 * stopped by a signal, with everything saved.
 */
import { isInputError } from "@reformer-ts/internal-checks";
import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { benchCommand } from "./commands/bench";
import { completeCommand } from "./commands/complete";
import { convertCommand, exportCommand } from "./commands/convert";
import { evaluateCommand } from "./commands/evaluate";
import { generateCommand } from "./commands/generate";
import { backendCommand, doctorCommand } from "./commands/machine";
import { plotCommand } from "./commands/plot";
import { prepareCommand } from "./commands/prepare";
import { scoreCommand } from "./commands/score";
import type { ExitCode } from "./commands/shared";
import { trainCommand } from "./commands/train";
import { translateCommand } from "./commands/translate";
import { verifyCommand } from "./commands/verify";
import { packageFile } from "./package-file";
import type { Terminal } from "./terminal";

/** Verbs in the order of the help. */
const commands: readonly ((terminal: Terminal, exit: ExitCode) => Command)[] = [
  prepareCommand,
  trainCommand,
  generateCommand,
  completeCommand,
  translateCommand,
  evaluateCommand,
  scoreCommand,
  plotCommand,
  convertCommand,
  exportCommand,
  verifyCommand,
  benchCommand,
  doctorCommand,
  backendCommand,
];

/** Runs one command line. Never throws, never exits. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = buildProgram(terminal, (ending) => (code = ending));
  try {
    await program.parseAsync([...(args.length === 0 ? ["--help"] : args)], { from: "user" });
    return code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function buildProgram(terminal: Terminal, exit: ExitCode): Command {
  const program = new Command("reformer")
    .description("Trains Reformers on long sequences, measures them, and lets them write.")
    .version(version(), "-v, --version", "the number of this release")
    .addHelpText("after", examples);
  for (const build of commands) program.addCommand(build(terminal, exit));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ showGlobalOptions: false })
      // Errors are told once, by `explain`.
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: () => {} });
  }
  return program;
}

const version = () =>
  (JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }).version;

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    terminal.err(
      `reformer: ${error.code === "commander.help" ? "a command is missing." : sentence(error.message)} See \`reformer --help\`.\n`,
    );
    return 2;
  }
  if (isInputError(error)) {
    terminal.err(`reformer: ${error.message}\n`);
    return 2;
  }
  terminal.err(
    `reformer: this is a fault of the program, not yours.\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}

/** Commander's message on one line. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return text.endsWith(".") || text.endsWith(")") ? text : `${text}.`;
}

const examples = `
Examples:
  reformer train --config debug            a first run, within a minute
  reformer generate --prompt "It was"      the newest run goes on from these words
  reformer plot runs/novel runs/novel-2    both learning curves in one picture
  reformer train --help                    every setting, with its default
`;
