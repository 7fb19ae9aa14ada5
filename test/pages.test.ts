/** What the documentation's own pages show runs: its programs as they stand, and its commands have the flags that they are given. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { main } from "../apps/trainer/src/main";

const root = fileURLToPath(new URL("..", import.meta.url));
// Pages of the packages are run by their own tests.
const pages = ["docs", "tools/docs/pages"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((page) => `${folder}/${page}`),
  )
  .concat(["README.md", "CONTRIBUTING.md", "apps/trainer/README.md"])
  .filter((page) => page.endsWith(".md"));
const blocks = (language: string) =>
  pages.flatMap((page) =>
    [
      ...readFileSync(join(root, page), "utf8").matchAll(
        new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"),
      ),
    ].map(([, text], i) => ({ page, label: `${page}, program ${i + 1}`, text: text! })),
  );

/** What the pages import, found as it would be in a project of the reader's. */
const installed: Record<string, string> = {
  ...Object.fromEntries(
    ["data", "lsh", "model", "reversible"].map((name) => [`@reformer-ts/${name}`, `packages/${name}`]),
  ),
  "@tensorflow/tfjs": "examples/classifier/node_modules/@tensorflow/tfjs",
  "@tensorflow/tfjs-core": "node_modules/@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-wasm": "apps/trainer/node_modules/@tensorflow/tfjs-backend-wasm",
};

/** What the text around a fragment has introduced. */
const before: Record<string, string> = {
  "docs/decoding.md": `
    import { continueWith, createDecoder, createReformer, initializeParameters, resolveConfig } from "@reformer-ts/model";
    const config = resolveConfig({ layers: ["local", "lsh", "local", "lsh"], dModel: 16, maxLength: 1024, chunkLength: 16 });
    const model = createReformer(config, initializeParameters(config, 0));
    const prompt = Int32Array.from({ length: 40 }, (_, i) => i);
    const [show, onProgress] = [() => {}, () => {}];\n`,
};

test("programs run", () => {
  const programs = mkdtempSync(join(tmpdir(), "reformer-programs-"));
  const home = mkdtempSync(join(tmpdir(), "reformer-pages-"));
  try {
    for (const [name, folder] of Object.entries(installed)) {
      const link = join(programs, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(root, folder)), link);
    }
    // What the pages call the reader's own files.
    cpSync(join(root, "packages/model/test/golden/transformers-mixed"), join(home, "my-model"), {
      recursive: true,
    });
    cpSync(join(root, "packages/model/test/samples/reformerlm_copy.pkl.gz"), join(home, "model.pkl.gz"));

    const found = blocks("[jt]s");
    expect(found.length).toBeGreaterThan(6);
    const all = found.map(({ page, text, label }, i) => {
      writeFileSync(join(programs, `${i}.mjs`), (before[page] ?? "") + text);
      return `console.log(${JSON.stringify(label)}); await tf.setBackend("cpu"); await import("./${i}.mjs");`;
    });
    writeFileSync(
      join(programs, "all.mjs"),
      ['import * as tf from "@tensorflow/tfjs"; tf.env().set("PROD", true);', ...all].join("\n"),
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(programs, "all.mjs")], {
      cwd: home,
      encoding: "utf8",
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  } finally {
    rmSync(programs, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
});

test("commands have these flags", async () => {
  const commands = blocks("sh").flatMap(({ page, text }) =>
    [...text.matchAll(/^(?:npm run reformer -- |reformer |mpirun .* reformer )(\w+)(.*)$/gm)].map(
      ([, verb, rest]) => ({ page, verb: verb!, flags: rest!.replace(/#.*/, "").match(/--[a-z-]+/g) ?? [] }),
    ),
  );
  expect(commands.length).toBeGreaterThan(10);
  const helps = new Map<string, string>();
  for (const { page, verb, flags } of commands) {
    if (!helps.has(verb)) helps.set(verb, await help(verb));
    for (const flag of flags)
      expect(helps.get(verb), `${page}: reformer ${verb} ${flag}`).toContain(`${flag} `);
  }
});

async function help(verb: string): Promise<string> {
  let out = "";
  const terminal = { out: (text: string) => void (out += text), err: () => {}, interactive: false };
  expect(await main([verb, "--help"], terminal), verb).toBe(0);
  return out;
}
