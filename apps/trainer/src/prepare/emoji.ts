/** Pictures through npm: its package is all the downloading there is, and npm checks it. */
import { InputError } from "@reformer-ts/internal-checks";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { npmInstall } from "../backend/npm-install";
import { makeFolder } from "../run/folder";
import { emojiFolder } from "../tasks/images";

/** The name of the corpus. */
export const emoji = "emoji";
const packageName = "emoji-datasource-google";
const version = "16.0.0";

/** @throws InputError when npm is missing, or has no way to the package */
export async function installEmoji(log: (line: string) => void): Promise<void> {
  const folder = emojiFolder();
  if (existsSync(folder)) return;
  log(`npm brings ${packageName} ${version} (Noto Emoji, Apache-2.0) to ${folder}`);
  makeFolder(dirname(folder));
  const refuse = (complaint: string) =>
    new InputError({
      field: packageName,
      given: `not installed (${complaint})`,
      allowed: `there: try again with a network, or npm install ${packageName} where you train`,
    });
  await npmInstall(folder, { [packageName]: version }, { npm: "npm", refuse });
}
