/** docs/results.md and its figures, from the JSON files under data/ and nothing else. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { comparison } from "./page/comparison.mjs";
import { completions } from "./page/completions.mjs";
import { duplication } from "./page/duplication.mjs";
import { docs } from "./page/parts.mjs";
import { sideBySide } from "./page/side-by-side.mjs";

export function writePage() {
  const sections = [
    duplication(),
    comparison("text"),
    comparison("images"),
    completions(),
    ...["novel", "markup"].map(sideBySide),
  ];
  const page = `# Results

Trainings that answer what a reader of the paper asks, obtained on the machine named with each and repeatable by the command beside it. This page
is written by \`npm run bench:results -- page\` from the files in \`bench/results/data\`. Where no seeds are named, a training is one seed: differences
of a hundredth of a bit, or of a percent, mean nothing. Speed and memory are on a page of their own: [performance](performance.md).

${sections.filter(Boolean).join("\n")}
${tooLong}`;
  const path = fileURLToPath(new URL("results.md", docs));
  writeFileSync(path, page);
  const data = fileURLToPath(new URL("data", import.meta.url));
  spawnSync("npx", ["--no-install", "oxfmt", path, data], { stdio: "inherit" });
}

const tooLong = `## What this machine was too slow for

Two cores are far from eight TPUs. Not trained here: 64K tokens of enwik8 through twelve layers; imagenet64 at 12,288 bytes; translation of WMT14. The paper's figures for those, 1.05
bits per byte and 27.6 to 29.1 BLEU, are therefore neither confirmed nor doubted by this page. Trainings on text and pictures are so
short that every curve still falls where it ends: they show whether variants learn alike, not how well a Reformer does in the end.
`;
