/** Pictures through npm: its package is all the downloading there is, and npm checks it. */
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { lastComplaint, runCommand } from "../backend/run-command";
import { emojiFolder } from "../tasks/images";

/** The name of the corpus. */
export const emoji = "emoji";
const packageName = "emoji-datasource-google";
const version = "16.0.0";

/** @throws InputError when npm is missing, or has no way to the package */
export async function installEmoji(log: (line: string) => void): Promise<void> {
  const folder = emojiFolder();
  if (existsSync(join(folder, "node_modules", packageName, "package.json"))) return;
  log(`npm brings ${packageName} ${version} (Noto Emoji, Apache-2.0) to ${folder}`);
  mkdirSync(folder, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const outcome = await runCommand(npm, [
    "install",
    "--prefix",
    folder,
    ...quiet,
    `${packageName}@${version}`,
  ]);
  if (outcome.code === 0) return;
  throw new InputError({
    field: packageName,
    given: outcome.missing ? "out of reach without npm" : `not installed (${lastComplaint(outcome)})`,
    allowed: `there: try again with a network, or npm install ${packageName} where you train`,
  });
}
