/** The corpora that are known by name, and which of them are here. */
import { cachedCorpus, corpora, type RemoteFile } from "@reformer-ts/data/node";
import { existsSync } from "node:fs";
import { emojiFolder } from "../tasks/images";
import { shippedNovel } from "../tasks/corpus-files";
import { emoji } from "./emoji";

interface Known {
  name: string;
  task: string;
  description: string;
  /** To be downloaded; 0 for what ships. */
  bytes: number;
  here: boolean;
}

export function knownCorpora({ json }: { json?: true }): string {
  const all: Known[] = [
    {
      name: shippedNovel,
      task: "text",
      description: "Crime and Punishment, translated by Constance Garnett (public domain)",
      bytes: 0,
      here: true,
    },
    ...Object.entries(corpora).map(([name, { kind, description, files }]) => ({
      name,
      task: kind,
      description,
      bytes: (files as readonly RemoteFile[]).reduce((sum, file) => sum + file.bytes, 0),
      here: cachedCorpus(name) !== null,
    })),
    {
      name: emoji,
      task: "images",
      description: "3,786 pictures of 64 x 64 through npm: Noto Emoji (Apache-2.0)",
      bytes: 0,
      here: existsSync(emojiFolder()),
    },
  ];
  if (json) return `${JSON.stringify(all)}\n`;
  const row = ({ name, task, description, bytes, here }: Known) => {
    const size = here ? "here" : bytes === 0 ? "" : `${(bytes / 1e6).toFixed(1)} MB`;
    return `${name.padEnd(20)} ${task.padEnd(7)} ${size.padStart(8)}  ${description}\n`;
  };
  return all.map(row).join("");
}
