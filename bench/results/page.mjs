/** docs/results.md and its figures, from the JSON files under data/ and nothing else. */
import { writeFileSync } from "node:fs";
import { comparison } from "./page/comparison.mjs";
import { duplication } from "./page/duplication.mjs";
import { docs } from "./page/parts.mjs";
import { sideBySide } from "./page/side-by-side.mjs";

export function writePage() {
  const sections = [
    comparison("text"),
    comparison("images"),
    ...["novel", "markup"].map(sideBySide),
    ...["tiny", "tiny-axial", "small", "paper"].map(duplication),
  ];
  const page = `# Results

Trainings that answer what a reader of the paper asks, obtained on the machine named with each and repeatable by the command beside it. This page
is written by \`npm run bench:results -- page\` from the files in \`bench/results/data\`. One training is one seed: differences
of a hundredth of a bit, or of a percent, mean nothing.

${sections.filter(Boolean).join("\n")}
${tooLong}`;
  writeFileSync(new URL("results.md", docs), page);
}

const tooLong = `## Ready to run, and not run yet

The machine was shared, and these did not get their turn: ordinary residuals instead of reversible ones (the last variant of \`text\`), \`images\` (the same
comparison on emoji), \`transformers\` (both packages from the same weights and batches, on a novel or another text), \`duplication tiny-axial\`. First trials of the
duplication task with axial positions in place of learned ones stayed above a loss of zero; the last of these repeats that.

## What this machine was too slow for

Two cores are far from eight TPUs. Not trained here: the duplication table at 1,024 tokens and 150,000 steps (\`duplication paper\` is ready
to run); 64K tokens of enwik8 through twelve layers; imagenet64 at 12,288 bytes; translation of WMT14. The paper's figures for those, 1.05
bits per byte and 27.6 to 29.1 BLEU, are therefore neither confirmed nor doubted by this page. All trainings above are so
short that every curve still falls where it ends: they show whether variants learn alike, not how well a Reformer does in the end.
`;
