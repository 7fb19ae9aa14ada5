/** docs/packages.md, from what was tried. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root, run } from "./folders.mjs";

export async function writePage(tried, measured) {
  const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
  const page = `# Installed as strangers install them

Every package is packed as for npm, installed into empty projects outside of the repository, and used there: attention and its gradient, a reversible
stack, a model that trains and writes. This page is what \`npm run check:packages -- --write\` printed on
${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}.

| tried | it says |
| --- | --- |
${tried.map(({ what, remark }) => `| ${what} | ${remark.replaceAll("|", "\\|") || "works"} |`).join("\n")}

## What a page downloads

Bundled, minified and gzipped, tfjs aside. Kernels are entries of their own, so that nobody pays for those of a backend not in use.

| entry, or one function of it | kB | at most |
| --- | --- | --- |
${measured.map(({ entry, bytes, ceiling }) => `| ${quoted(entry)} | ${kilobytes(bytes)} | ${kilobytes(ceiling)} |`).join("\n")}

An import for nothing leaves at most 40 bytes of any of them. zod, which checks configurations, is in a bundle only where a configuration is resolved.
`;
  writeFileSync(join(root, "docs/packages.md"), page);
  await run("npx", ["--no-install", "oxfmt", "docs/packages.md"]);
}

/** An entry, or a function of one. */
const quoted = (entry) =>
  entry
    .split(" of ")
    .map((name) => `\`${name}\``)
    .join(" of ");
