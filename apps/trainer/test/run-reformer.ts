/** The command as tests use it: in this process, which is quick, or as a process of its own, which can be killed. */
import { build } from "esbuild";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../src/main";
import { packageFile } from "../src/package-file";
import { isStep, readMetrics } from "../src/run/metrics";

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line within this process. */
export async function reformer(...args: string[]): Promise<Ended> {
  let out = "";
  let err = "";
  const terminal = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    interactive: false,
  };
  const code = await main(args, terminal);
  return { code, out, err };
}

/** The loss of every step of a run. */
export function losses(run: string): number[] {
  return readMetrics(run)
    .filter(isStep)
    .map((line) => line["train/loss"]);
}

/** A folder that goes when the test has ended. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "reformer-test-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Bundles a program from its sources, so that a process runs what is being tested and not what was built once. */
export async function bundleProgram(entry: string): Promise<string> {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(packageFile("package.json"), "utf8"),
  ) as Record<string, object | undefined>;
  const installed = Object.keys({ ...dependencies, ...optionalDependencies });
  const external = installed.filter((name) => !name.startsWith("@reformer-ts/"));
  const outfile = packageFile(
    join("node_modules", ".cache", `reformer-test-${process.pid}`, `${basename(entry, ".ts")}.mjs`),
  );
  await build({
    entryPoints: [packageFile(join("src", entry))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["reformer-ts-source"],
    external,
    logLevel: "error",
  });
  return outfile;
}

export const bundleCommand = () => bundleProgram("cli.ts");

export interface Running {
  process: ChildProcess;
  /** Resolves when `err` first contains the text; rejects when the process ends before. */
  says(text: string): Promise<void>;
  ended: Promise<Ended & { signal: NodeJS.Signals | null }>;
}

/** Starts a bundled command. */
export function start(bundle: string, args: readonly string[], { cwd }: { cwd?: string } = {}): Running {
  const child = spawn(process.execPath, [bundle, ...args], { cwd, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const waiting: (() => void)[] = [];
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => {
    err += text.toString();
    for (const check of waiting) check();
  });
  const ended = new Promise<Ended & { signal: NodeJS.Signals | null }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code: code ?? -1, signal, out, err }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => err.includes(text) && resolve();
      waiting.push(check);
      check();
      void ended.then(() => reject(new Error(`it ended without saying "${text}":\n${err}`)));
    });
  return { process: child, says, ended };
}
