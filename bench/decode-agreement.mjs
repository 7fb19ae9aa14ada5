/**
 * How far a decoder's predictions from its cache agree with a full pass over the whole text, for classic and for strict
 * routing. Trains a small model of each on *Crime and Punishment*, then compares at places of a text that it has not seen.
 *
 *     node bench/decode-agreement.mjs [--run RUN] [--text FILE] [--steps 300] [--write]
 *
 * `--run` takes a trained model instead. Needs `pnpm build`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    run: { type: "string" },
    text: { type: "string" },
    steps: { type: "string", default: "300" },
    write: { type: "boolean", default: false },
  },
});
const comparing = { backend: "auto", prompt: 1024, tokens: 2048, every: 16 };
const training = {
  config: "novel",
  layers: "local,lsh,local,lsh",
  length: 2048,
  steps: flags.steps,
  "evaluate-every": 0,
  "sample-every": 0,
  "checkpoint-every": 0,
};

const folder = mkdtempSync(join(tmpdir(), "reformer-agreement-"));
const text = flags.text ?? ownText();
const runs = flags.run ? [flags.run] : ["classic", "strict"].map(train);
const rows = runs.map(compare);
rmSync(folder, { recursive: true, force: true });

/** The novel's last pages, which training holds out. */
function ownText() {
  const novel = execFileSync("gzip", ["-dc", join(root, "apps/trainer/assets/crime-and-punishment.txt.gz")], {
    maxBuffer: 1 << 26,
  });
  const path = join(folder, "held-out.txt");
  writeFileSync(path, novel.subarray(novel.length - 30_000));
  return path;
}

function train(routing) {
  const run = join(folder, routing);
  const words = Object.entries({ ...training, routing, run }).flatMap(([flag, value]) => [
    `--${flag}`,
    String(value),
  ]);
  const reformer = join(root, "apps/trainer/bin/reformer.mjs");
  execFileSync(process.execPath, [reformer, "train", ...words], { stdio: ["ignore", "ignore", "inherit"] });
  return run;
}

function compare(run) {
  const spec = JSON.stringify({ ...comparing, checkpoint: run, file: text });
  const program = join(root, "apps/trainer/dist/bench-agreement.js");
  const printed = execFileSync(process.execPath, [program, spec], { encoding: "utf8" });
  const { routing, compared, sameToken, cachedBits, fullBits, largest } = JSON.parse(
    printed.trim().split("\n").at(-1),
  );
  const cells = [
    routing,
    `${sameToken} of ${compared}`,
    cachedBits.toFixed(4),
    fullBits.toFixed(4),
    largest.toPrecision(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

const page = [
  `${flags.run ? "One model" : `Four layers of the \`novel\` preset, local and LSH in turn, ${flags.steps} steps of ${training.length} bytes`}; a prompt of ${comparing.prompt} held-out bytes, then ${comparing.tokens} more one by one, every ${comparing.every}th compared with a full pass over all before it. ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.versions.node}, \`node bench/decode-agreement.mjs\`.`,
  "",
  "| routing | same likeliest byte | bits per byte from the cache | from full passes | largest difference of one byte's bits |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
].join("\n");
process.stdout.write(`${page}\n`);
if (flags.write) {
  const path = join(root, "docs/decoding.md");
  const [before, , after] = readFileSync(path, "utf8").split(/<!-- agreement -->|<!-- end of agreement -->/);
  writeFileSync(path, `${before}<!-- agreement -->\n\n${page}\n\n<!-- end of agreement -->${after}`);
}
