/**
 * Writes docs/trainer.md: every command of `reformer`, run for real on small settings, with what it said. Takes the built command.
 *
 *     node tools/docs/transcripts.mjs
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transcripts } from "./transcript-list.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const command = join(root, "apps/trainer/bin/reformer.mjs");
const samples = join(root, "packages/data/test/samples");
/** Longer outputs lose their middle. */
const lines = { first: 24, last: 8 };

const folder = mkdtempSync(join(tmpdir(), "reformer-transcripts-"));
const bin = join(folder, ".bin");
mkdirSync(bin);
writeFileSync(join(bin, "reformer"), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, {
  mode: 0o755,
});
cpSync(join(samples, "emoji"), join(folder, "pictures"), { recursive: true });
for (const side of ["en", "de"])
  cpSync(join(samples, "opennmt-ende", `val.${side}`), join(folder, `pairs.${side}`));

const sections = transcripts.map(({ title, text, commands }) => {
  const blocks = commands.map((line) => `$ ${line}\n${run(line)}`);
  return `## ${title}\n\n${text}\n\n\`\`\`console\n${blocks.join("\n")}\n\`\`\`\n`;
});
rmSync(folder, { recursive: true, force: true });

const made = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}, \`node tools/docs/transcripts.mjs\``;
writeFileSync(
  join(root, "docs/trainer.md"),
  `# The trainer, command by command

Written by a command that ran every line below and kept what it said, on stdout and stderr together (${made}). The models are toys of a few
seconds, so that all of it can be done again; what trainings come to is in [results.md](results.md). \`reformer COMMAND --help\` has
every flag, and examples.

${sections.join("\n")}`,
);
console.log("docs/trainer.md");

/** @throws Error when a command ends otherwise than its section says */
function run(line) {
  const { stdout, status } = spawnSync("bash", ["-c", `exec 2>&1; set -o pipefail; ${line}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" },
  });
  console.log(`${status} ${line}`);
  if (status !== 0) throw new Error(`${line} ended with ${status}:\n${stdout}`);
  const said = stdout
    .replaceAll(folder, ".")
    .replaceAll(homedir(), "~")
    .replaceAll(root, "")
    .trimEnd()
    .split("\n");
  if (said.length <= lines.first + lines.last + 1) return said.join("\n");
  const left = said.length - lines.first - lines.last;
  return [...said.slice(0, lines.first), `[… ${left} lines]`, ...said.slice(-lines.last)].join("\n");
}
