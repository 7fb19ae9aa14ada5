/** docs/results.md and its figures, from the JSON files under data/ and nothing else. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { curves } from "./curves.mjs";

const data = new URL("data/", import.meta.url);
const docs = new URL("../../docs/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, data), "utf8"));
const named = (start) =>
  (existsSync(data) ? readdirSync(data) : [])
    .filter((file) => file.startsWith(start) && file.endsWith(".json"))
    .map(read);
const percent = (share) => `${(100 * share).toFixed(1)}%`;
const rounds = (count) => (count === 0 ? "full attention" : `LSH-${count}`);

export function writePage() {
  const sections = [...["tiny", "small", "paper"].map(duplication), text("attention"), text("reversible")];
  const page = `# Results

Trainings that answer what a reader of the paper asks, obtained on the machine named with each and repeatable by the command beside it. This page
is written by \`npm run bench:results -- page\` from the files in \`bench/results/data\`. One training is one seed: differences
of a hundredth of a bit, or of a percent, mean nothing.

${sections.filter(Boolean).join("\n")}`;
  writeFileSync(new URL("results.md", docs), page);
}

/** @returns the section, or nothing when it was not measured */
function duplication(name) {
  const found = named(`duplication-${name}-`).toSorted(
    (a, b) => (b.rounds === 0) - (a.rounds === 0) || b.rounds - a.rounds,
  );
  if (found.length === 0) return undefined;
  const { setting } = found[0];
  const lines = found.map(({ rounds: count, losses }) => ({
    name: rounds(count),
    points: losses.map((loss, i) => [((i + 1) * setting.steps) / losses.length, loss]),
  }));
  draw(`duplication-${name}`, {
    title: "Duplication: loss while learning",
    x: "steps",
    y: "nats per symbol",
    lines,
  });
  return `## Duplication, the paper's table 2, at ${setting.length} tokens

\`0 w 0 w\` with w of ${setting.length / 2 - 1} symbols 1 … ${setting.numSymbols}; one layer, dModel = dFF = ${setting.dModel}, 4 heads, chunks of ${setting.chunkLength}; ${setting.steps} steps of ${setting.batch} sequences.
Share of the second half that is right, over ${found[0].examples} sequences never trained on.

| trained with | asked: full | LSH-8 | LSH-4 | LSH-2 | LSH-1 | training |
| --- | --- | --- | --- | --- | --- | --- |
${found.map((result) => `| ${rounds(result.rounds)} | ${result.accuracy.map(percent).join(" | ")} | ${result.seconds} s |`).join("\n")}

![Loss of each training](./figures/duplication-${name}.svg)

${origin(found[0])}

Different from the paper: ${setting.length === 1024 ? "" : `the sequence is ${setting.length} tokens, not 1,024, and w has ${setting.numSymbols} symbols, not 127; `}${setting.dModel === 256 ? "" : `dModel is ${setting.dModel}, not 256; `}the paper trained for 150,000 steps${setting.steps === 150_000 ? ", as here" : ""}. Positions are learned; chunks, batch and
learning rate (${setting.learningRate}, cosine) are ours, since the paper names none. There, what learned with LSH fails when asked with full attention (0.8%).
`;
}

function text(name) {
  const found = named(`${name}-`);
  if (found.length === 0) return undefined;
  const sorted = found.toSorted((a, b) => a.heldOut.at(-1)[1] - b.heldOut.at(-1)[1]);
  draw(name, {
    title: "Held out, bits per byte",
    x: "steps",
    y: "bits per byte",
    lines: sorted.map(({ label, heldOut }) => ({ name: label, points: heldOut })),
  });
  const title = {
    attention: "LSH against full attention",
    reversible: "Reversible layers against ordinary ones",
  }[name];
  const [{ length, steps }] = found;
  return `## ${title}

Three layers, dModel 256, dFF 512, 4 heads of 64, on bytes of _Crime and Punishment_: ${steps} steps of 4 windows of ${length}, the same in all; LSH in chunks of 64.
Held out: the first 32,768 bytes of the last twentieth.

| | parameters | held out, bits per byte | tokens per second in training |
| --- | --- | --- | --- |
${sorted.map((result) => `| ${result.label} | ${result.parameters.toLocaleString("en")} | ${result.heldOut.at(-1)[1].toFixed(3)} | ${result.tokensPerSecond.toLocaleString("en")} |`).join("\n")}

![Held-out curves](./figures/${name}.svg)

${origin(found[0])} Rates are those of a machine that did other work too.
`;
}

const origin = ({ date, machine, node, command }) =>
  `${date}, ${machine}, Node ${node}, TensorFlow 2.21.0 with native kernels, \`${command}\`.`;

function draw(name, options) {
  const folder = new URL("figures/", docs);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.svg`, folder), curves(options));
}
