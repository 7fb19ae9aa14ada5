/** docs/results.md and its figures, from the JSON files under data/ and nothing else. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { comparison } from "./page/comparison.mjs";
import { completions } from "./page/completions.mjs";
import { duplication } from "./page/duplication.mjs";
import { docs, measured } from "./page/parts.mjs";
import { sideBySide } from "./page/side-by-side.mjs";

export function writePage() {
  const sections = [
    comparison("text"),
    comparison("images"),
    completions(),
    ...["novel", "markup"].map(sideBySide),
    ...["tiny", "tiny-axial", "small", "paper"].map(duplication),
  ];
  const page = `# Results

Trainings that answer what a reader of the paper asks, obtained on the machine named with each and repeatable by the command beside it. This page
is written by \`npm run bench:results -- page\` from the files in \`bench/results/data\`. One training is one seed: differences
of a hundredth of a bit, or of a percent, mean nothing. Speed and memory are on a page of their own: [performance](performance.md).

${sections.filter(Boolean).join("\n")}
${notRun()}${tooLong}`;
  const path = fileURLToPath(new URL("results.md", docs));
  writeFileSync(path, page);
  const data = fileURLToPath(new URL("data", import.meta.url));
  spawnSync("npx", ["--no-install", "oxfmt", path, data], { stdio: "inherit" });
}

/** What has a command and no figure yet. */
function notRun() {
  const waiting = [
    ["text-regular", "ordinary residuals instead of reversible ones (the last variant of `text`)"],
    ["images-lsh-1", "`images` (the comparison of LSH and full attention on emoji)"],
    ["completions", "`completions` (pictures of which a model sees the upper half)"],
    [
      "transformers-novel-ours",
      "`transformers` on a novel (both packages from the same weights and batches)",
    ],
    ["transformers-markup-ours", "`transformers` on Wikipedia's markup"],
    ["duplication-tiny-axial-0", "`duplication tiny-axial`"],
  ].filter(([name]) => !measured(name));
  if (waiting.length === 0) return "";
  return `## Ready to run, and not run yet

The machine was shared, and these did not get their turn: ${waiting.map(([, what]) => what).join(", ")}.

`;
}

const tooLong = `## What this machine was too slow for

Two cores are far from eight TPUs. Not trained here: the duplication table at 1,024 tokens and 150,000 steps (\`duplication paper\` is ready
to run); 64K tokens of enwik8 through twelve layers; imagenet64 at 12,288 bytes; translation of WMT14. The paper's figures for those, 1.05
bits per byte and 27.6 to 29.1 BLEU, are therefore neither confirmed nor doubted by this page. All trainings above are so
short that every curve still falls where it ends: they show whether variants learn alike, not how well a Reformer does in the end.
`;
