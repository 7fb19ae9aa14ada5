/** `reformer doctor` and `reformer backend`: what this machine can compute with, and how to make it faster. */
import { Command } from "commander";
import type { Terminal } from "../terminal";
import { runBackendInstall } from "./backend";
import { runDoctor } from "./doctor";

export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .summary("what this machine can compute with")
    .description(
      "Tries every backend: works or the exact reason why not, how fast it multiplies, and which one `auto` takes.",
    )
    .option("--json", "the result as JSON")
    .addHelpText("after", doctorExamples)
    .action(({ json }: { json?: true }) =>
      runDoctor({
        json,
        print: (text) => terminal.out(`${text}\n`),
        progress: (line) => terminal.err(`${line}\n`),
      }),
    );
}

export function backendCommand(terminal: Terminal): Command {
  const command = new Command("backend")
    .summary("install TensorFlow")
    .description("Brings the fastest backend to this machine.");
  command
    .command("install")
    .summary("download TensorFlow and build its binding")
    .description(
      "Takes TensorFlow from PyPI through pip, checks it, compiles tfjs-node's binding for it and keeps both in the user's cache.",
    )
    .option("--gpu", "the build for CUDA; without a driver it computes on the CPU")
    .option("--json", "the result as JSON")
    .addHelpText("after", backendExamples)
    .action(({ gpu, json }: { gpu?: true; json?: true }) =>
      runBackendInstall({
        gpu,
        json,
        print: (line) => terminal.out(`${line}\n`),
        progress: (line) => terminal.err(`${line}\n`),
      }),
    );
  return command.addHelpText("after", backendExamples);
}

const doctorExamples = `
Examples:
  reformer doctor
  reformer doctor --json
`;

const backendExamples = `
Examples:
  reformer backend install
  reformer backend install --gpu
`;
