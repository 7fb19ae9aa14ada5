/**
 * Writes docs/verification.md: the largest errors of every golden case on the backends named (TensorFlow and WASM by default, where they work),
 * on this machine. Takes the built command.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const golden = "packages/model/test/golden";
const steps = 10;
const given = process.argv.slice(2);

const runs = (given.length > 0 ? given : ["tensorflow", "wasm"]).flatMap((backend) => {
  const cases = readdirSync(`${root}${golden}`)
    .toSorted()
    .map((name) => `${golden}/${name}`);
  const args = ["apps/trainer/bin/reformer.mjs", "verify", ...cases, "--steps", String(steps)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "--backend", backend, "--json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status === 2 || stdout === "") {
    console.error(`${backend}: ${stderr.trim()}`);
    if (given.length > 0) process.exit(2);
    return [];
  }
  const label = /^on (.*)$/m.exec(stderr)?.[1] ?? backend;
  return [
    {
      label,
      rows: stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    },
  ];
});

const show = (value) => (value === null ? "-" : value.toExponential(1));
const measured = ["outputs", "loss", "gradients", "losses"];
const worst = (rows, key) => Math.max(...rows.map((row) => row[key] ?? 0));
const versionOf = (path) => JSON.parse(readFileSync(`${root}${path}/package.json`, "utf8")).version;
const references = new Set(
  runs[0].rows.map((row) => {
    const { golden: about } = JSON.parse(readFileSync(`${root}${golden}/${row.case}/config.json`, "utf8"));
    return Object.entries(about.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ");
  }),
);

const lines = [
  "# Verification",
  "",
  "Small models, answered by the implementations that people trust and answered again here. Largest errors: outputs, the",
  "loss and the losses of ten training steps absolute, gradients relative to the largest entry of each (or a thousandth of",
  "the largest of all). Allowed: 1e-5 for outputs, 1e-4 for the rest. What a case covers stands in its `config.json`.",
  "",
  `References: ${[...references].join("; ")}. Run by \`npm run check:verification\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}, @reformer-ts/model ${versionOf("packages/model")}. Your own machine: \`npm run reformer -- verify ${golden}/*\`.`,
  "",
  "| backend | cases | beyond tolerance | outputs | loss | gradients | losses |",
  "| --- | --- | --- | --- | --- | --- | --- |",
  ...runs.map(
    ({ label, rows }) =>
      `| ${label} | ${rows.length} | ${rows.filter((row) => row.beyond.length > 0).length} | ${measured.map((key) => show(worst(rows, key))).join(" | ")} |`,
  ),
  "",
  ...runs.flatMap(({ label, rows }) => [
    `## ${label}`,
    "",
    "| case | outputs | loss | gradients | losses |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(
      (row) =>
        `| ${row.case}${row.beyond.length > 0 ? " **beyond**" : ""} | ${measured.map((key) => show(row[key])).join(" | ")} |`,
    ),
    "",
  ]),
];
writeFileSync(`${root}docs/verification.md`, lines.join("\n"));
for (const { label, rows } of runs) {
  const failed = rows.filter((row) => row.beyond.length > 0);
  console.log(
    `${label}: ${rows.length} cases, ${failed.length} beyond tolerance; ${measured.map((key) => `${key} ${show(worst(rows, key))}`).join(", ")}`,
  );
}
process.exit(runs.some(({ rows }) => rows.some((row) => row.beyond.length > 0)) ? 1 : 0);
