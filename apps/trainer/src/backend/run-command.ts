import { spawn } from "node:child_process";
import { startable } from "./startable";

export interface CommandOptions {
  cwd?: string;
  environment?: NodeJS.ProcessEnv;
  /** Ends the child after so many milliseconds; the outcome then has no code. */
  timeout?: number;
}

export interface CommandOutcome {
  /** Exit code; null when a signal ended the child, or when it could not be started. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True when there is no such program on the PATH. */
  missing: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and tells how it went. Never rejects: the caller knows what a failure means. */
export function runCommand(
  file: string,
  parameters: readonly string[],
  { cwd, environment = process.env, timeout }: CommandOptions = {},
): Promise<CommandOutcome> {
  return new Promise((done) => {
    const how = startable(file, parameters);
    const child = spawn(how.file, how.parameters, {
      shell: how.shell,
      cwd,
      env: environment,
      timeout,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      done({ code: null, signal: null, missing, stdout, stderr: stderr + error.message });
    });
    child.on("close", (code, signal) => done({ code, signal, missing: false, stdout, stderr }));
  });
}

/** The line of a program's complaint that says most: the last one that calls itself an error, or the last. */
export function lastComplaint({ stderr, stdout, signal }: CommandOutcome): string {
  const lines = `${stdout}\n${stderr}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("at "));
  const complaint = lines.filter((line) => /\berror\b/i.test(line)).at(-1) ?? lines.at(-1);
  return complaint ?? (signal === null ? "it said nothing" : `ended by ${signal}`);
}
