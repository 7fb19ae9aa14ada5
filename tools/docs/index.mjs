/**
 * `npm run docs`: the documentation site, from the repository's own pages, schemas and types, into artifacts/site, the playground under it.
 * A link that leads nowhere ends it with 1.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startable } from "../run/process.mjs";
import { writeApi } from "./api.mjs";
import { writeConfiguration } from "./configuration.mjs";
import { brokenLinks } from "./links.mjs";
import { completeMenu, copyPages } from "./pages.mjs";
import { siteConfig } from "./site-config.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const source = join(root, "artifacts/site-source");
const site = join(root, "artifacts/site");
/** Path that the site is served under. */
const base = process.env.DOCS_BASE ?? "/";
rmSync(source, { recursive: true, force: true });
mkdirSync(join(source, ".vitepress"), { recursive: true });

const sections = completeMenu(root);
copyPages(root, source, sections);
await writeConfiguration(root, join(source, "configuration.md"));
writeApi(run, join(source, "api"));

writeFileSync(join(source, ".vitepress/config.mjs"), siteConfig({ sections, source, site, base }));
mkdirSync(join(source, ".vitepress/theme"));
cpSync(join(root, "tools/docs/theme.css"), join(source, ".vitepress/theme/theme.css"));
writeFileSync(
  join(source, ".vitepress/theme/index.mjs"),
  `import theme from "vitepress/theme";\nimport "./theme.css";\nexport default theme;\n`,
);
writeFileSync(join(source, "package.json"), `{ "type": "module" }\n`);
cpSync(join(root, "docs/figures/playground.png"), join(source, "docs/figures/playground.png"));
writeFileSync(join(source, "index.md"), home());
run("vitepress", "build", source);
cpSync(join(root, "apps/playground/dist"), join(site, "playground"), { recursive: true });
const broken = brokenLinks(site, base);
if (broken.length > 0) {
  console.error(`Links that lead nowhere:\n${broken.join("\n")}`);
  process.exit(1);
}
console.log(`The site is in ${site}.`);

function run(...command) {
  const { file, parameters, shell } = startable("npx", ["--no-install", ...command]);
  const { status } = spawnSync(file, parameters, { cwd: root, stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}

function home() {
  const action = (text, link, theme) => ({ theme, text, link });
  const feature = (title, details, link) => ({ title, details, link });
  const front = {
    layout: "home",
    hero: {
      name: "reformer-ts",
      text: "The Reformer for TypeScript",
      tagline:
        "Attention by locality-sensitive hashing, reversible layers that store no activations. From Node to the browser, on TensorFlow.js.",
      actions: [
        action("Get started in two minutes", "/getting-started", "brand"),
        action("Results", "/docs/results", "alt"),
      ],
    },
    features: [
      feature(
        "In your own code",
        "Four packages of functions and layers for TensorFlow.js.",
        "/packages/lsh",
      ),
      feature(
        "From the command line",
        "Train on any text, resume to the bit, write on.",
        "/packages/trainer",
      ),
      feature(
        "In your browser",
        "See how hashing, sorting and chunking find the keys that matter.",
        "/playground",
      ),
    ],
  };
  const picture =
    "\n\n![A line of a novel hashed, sorted, cut into chunks and attended to, every bucket in its colour](./docs/figures/playground.png)";
  const centred = '<div style="display: flex; justify-content: center; margin-top: 48px">';
  return `---\n${JSON.stringify(front)}\n---\n\n${centred}${picture}\n\n</div>\n`;
}
