import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { InputError } from "@reformer-ts/internal-checks";

import { type CommandOutcome, lastComplaint, runCommand } from "./run-command";
import { stage } from "./stage";

export interface NpmInstallOptions {
  npm: string;
  /** The error for what npm complained of. */
  refuse: (complaint: string) => InputError;
}

/**
 * Makes `folder`, whose parent exists, with packages of npm in its `node_modules`, unless it is there already: whole, or not at
 * all. No install script of a package is run.
 *
 * @param dependencies exact versions by name
 */
export async function npmInstall(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  { npm, refuse }: NpmInstallOptions,
): Promise<void> {
  await stage(folder, async (temporary) => {
    await mkdir(temporary);
    const manifest = { name: "reformer-ts-installed", private: true, dependencies };
    await writeFile(join(temporary, "package.json"), JSON.stringify(manifest, null, 2));
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--json"];
    const outcome = await runCommand(npm, ["install", ...quiet, "--prefix", temporary], {
      cwd: temporary,
      environment: withoutNpmContext(process.env),
    });
    if (outcome.code !== 0) throw refuse(complaintOf(outcome, npm));
  });
}

/** npm sums up in JSON what went wrong; the last line of what it says besides names a log file. */
function complaintOf(outcome: CommandOutcome, npm: string): string {
  if (outcome.missing) return `there is no ${npm} on the PATH`;
  try {
    const { error } = JSON.parse(outcome.stdout) as { error: { summary: string } };
    return error.summary.split("\n")[0]!.replace(/\.$/, "");
  } catch {
    return lastComplaint(outcome);
  }
}

/** Under `npm run`, npm tells its children which package they belong to; this one belongs to none. */
function withoutNpmContext(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^npm_(package_|lifecycle_|config_(local_prefix|workspaces?|include_workspace_root|dir)$)/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
