/** `reformer verify`: a user's own proof that this machine computes what the reference implementations compute. */
import { InputError, isInputError } from "@reformer-ts/internal-checks";
import { beyondTolerance, type CaseErrors, type GoldenCase, parseObject, runCase } from "@reformer-ts/model";
import { Command } from "commander";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { openBackend } from "../backend";
import type { Terminal } from "../terminal";
import { errorLine, errorTable } from "../verify-table";
import { backendOption, type ExitCode, numberFlag } from "./shared";

interface Flags {
  backend: string;
  steps: number;
  json?: true;
}

const files = { config: "config.json", model: "model.safetensors", case: "case.safetensors" } as const;

export function verifyCommand(terminal: Terminal, exit: ExitCode): Command {
  return new Command("verify")
    .summary("prove that this machine computes right")
    .description(
      "Runs golden cases, small models with what a reference implementation answered, and prints the largest error of outputs, loss and gradients. Ends with 1 if any lies beyond tolerance: 1e-5 for outputs, 1e-4 for losses, 1e-4 of the largest entry for gradients.",
    )
    .argument("<cases...>", `folders with ${Object.values(files).join(", ")}`)
    .option(
      "--steps <n>",
      "training steps to repeat, for cases that have their losses",
      numberFlag("--steps", { least: 0, most: 1000, whole: true }),
      0,
    )
    .option("--json", "one JSON object a line")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (paths: string[], { backend: name, steps, json }: Flags) => {
      // All are looked at before the first is run: a mistake in the last must not cost the wait for the others.
      const cases = paths.map((path) => ({ path, golden: readCase(path) }));
      const backend = await openBackend(name, { log: (line) => terminal.err(`${line}\n`) });
      terminal.err(`on ${backend.label}\n`);
      const table = errorTable(paths.map(caseName));
      if (!json) terminal.out(table.head);
      const beyond: string[] = [];
      for (const { path, golden } of cases) {
        const errors = await runNamed(path, golden, steps);
        const failed = beyondTolerance(errors);
        if (failed.length > 0) beyond.push(caseName(path));
        terminal.out(
          json
            ? `${JSON.stringify({ case: caseName(path), backend: backend.name, ...errors, beyond: failed })}\n`
            : table.row(caseName(path), errors, failed),
        );
      }
      if (!json) terminal.out(errorLine(cases.length, beyond));
      exit(beyond.length > 0 ? 1 : 0);
    });
}

const caseName = (path: string) => basename(resolve(path));

/** @throws InputError when a file of a case is missing, or its config is no JSON */
function readCase(path: string): GoldenCase {
  const read = (name: string) => {
    const file = join(path, name);
    if (!existsSync(file) || !statSync(file).isFile()) {
      throw new InputError({
        field: file,
        given: "missing",
        allowed: `there: a case is a folder with ${Object.values(files).join(", ")}`,
      });
    }
    return new Uint8Array(readFileSync(file));
  };
  return {
    config: parseObject(read(files.config), join(path, files.config)),
    model: read(files.model),
    case: read(files.case),
  };
}

/** What is wrong with a case names the file, and here the folder too: there may be many. */
async function runNamed(path: string, golden: GoldenCase, steps: number): Promise<CaseErrors> {
  try {
    return await runCase(golden, { steps });
  } catch (error) {
    if (!isInputError(error)) throw error;
    const { field, given, allowed } = error;
    throw new InputError({ field: join(path, field), given, allowed }, { cause: error });
  }
}

const examples = `
Examples:
  reformer verify packages/model/test/golden/*
  reformer verify my-case --backend wasm --json
`;
