/**
 * Proves `reformer backend install` against what happens to downloads of a gigabyte on real machines: killed in every
 * stage, started twice, damaged, given a wrong file, a machine without a compiler. Takes the built command, the real
 * PyPI and npm (about 800 MB of downloads), and cache folders of its own.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const reformer = fileURLToPath(new URL("../../apps/trainer/bin/reformer.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "reformer-check-"));
let failed = 0;

/** Runs an install; kills it and its children `delay` ms after it said `killAt`. */
function install(cache, { env = {}, cwd = folder, killAt, delay = 1500 } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    const environment = { ...process.env, REFORMER_CACHE: cache, ...env };
    const child = spawn(process.execPath, [reformer, "backend", "install"], {
      cwd,
      env: environment,
      detached: true,
    });
    let said = "";
    const listen = (chunk) => {
      const alreadyDue = killAt?.test(said);
      said += chunk;
      if (killAt?.test(said) && !alreadyDue) setTimeout(() => process.kill(-child.pid, "SIGKILL"), delay);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("close", (code) => resolve({ code, said, seconds: (Date.now() - started) / 1000 }));
  });
}

function check(what, holds, { said }) {
  console.log(`${holds ? "ok    " : "FAILED"}  ${what}`);
  if (holds) return;
  failed++;
  console.log(said.replace(/^/gm, "        | "));
}

/** A PATH with nothing but these programs, by name and real place. */
function pathWith(programs) {
  const path = mkdtempSync(join(folder, "path-"));
  for (const [name, place] of Object.entries(programs)) symlinkSync(place, join(path, name));
  return { PATH: path, PYTHON: "", CXX: "" };
}

const explains = (outcome, words) =>
  outcome.code === 2 && words.test(outcome.said) && !outcome.said.includes("    at ");
const partials = (cache) =>
  readdirSync(cache, { recursive: true }).filter((name) => name.endsWith(".partial"));

async function killedInEveryStage() {
  const cache = join(folder, "killed");
  const announces = /MB to download/;
  const first = await install(cache, { killAt: /Fetching tensorflow/ });
  check("killed while it downloads", first.code === null && announces.test(first.said), first);
  const second = await install(cache, { killAt: /Fetching @tensorflow/ });
  check("killed while npm installs", second.code === null && announces.test(second.said), second);
  const third = await install(cache, { killAt: /Compiling/ });
  check(
    "killed while it compiles; TensorFlow was not fetched again",
    third.code === null && !announces.test(third.said),
    third,
  );
  const last = await install(cache);
  const resumed = last.code === 0 && !/Fetching/.test(last.said);
  check(`the fourth run goes on at the compiler and ends well (${last.seconds.toFixed(1)} s)`, resumed, last);
  check("nothing half-made is left", partials(cache).length === 0, { said: partials(cache).join("\n") });
  return cache;
}

async function startedTwice() {
  const cache = join(folder, "twice");
  const runs = await Promise.all([install(cache), install(cache)]);
  const said = runs.map((run) => run.said).join("\n---\n");
  const both = runs.every((run) => run.code === 0) && said.match(/MB to download/g).length === 1;
  const seconds = Math.max(...runs.map((run) => run.seconds)).toFixed(1);
  check(
    `two at once on an empty cache: one downloads, one waits, both end well (${seconds} s)`,
    both && /waiting/.test(said),
    { said },
  );
  const again = await install(cache);
  check(
    `found again and proved in ${again.seconds.toFixed(1)} s`,
    again.code === 0 && !/Fetching|Compiling/.test(again.said),
    again,
  );
}

async function damaged(cache) {
  const binding = readdirSync(cache, { recursive: true }).find((name) => name.endsWith("tfjs_binding.node"));
  writeFileSync(join(cache, binding), "damaged");
  const healed = await install(cache);
  const cheaply =
    healed.code === 0 && /does not work/.test(healed.said) && !/MB to download/.test(healed.said);
  check("a damaged binding is noticed and built again, without a download of TensorFlow", cheaply, healed);
}

async function ownPackage(cache) {
  const project = join(folder, "project");
  const packages = join(project, "node_modules", "@tensorflow");
  mkdirSync(packages, { recursive: true });
  const built = readdirSync(cache, { recursive: true }).find((name) =>
    name.endsWith(join("@tensorflow", "tfjs-node")),
  );
  symlinkSync(join(cache, built), join(packages, "tfjs-node"));
  const emptyCache = join(folder, "unused");
  const outcome = await install(emptyCache, { cwd: project });
  check(
    "a project's own working tfjs-node is taken, and nothing is fetched",
    outcome.code === 0 && /the project's own/.test(outcome.said) && !existsSync(emptyCache),
    outcome,
  );
}

async function wrongFile() {
  const index = join(folder, "index");
  mkdirSync(index);
  const script = `
import glob, os, sys, zipfile
for name, tag in (("tensorflow_cpu", "x86_64"), ("tensorflow", "aarch64")):
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}-2.21.0-cp312-cp312-manylinux_2_27_{tag}.whl", "w") as wheel:
        wheel.writestr(f"{name}-2.21.0.dist-info/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 2.21.0\\n")
        wheel.writestr(f"{name}-2.21.0.dist-info/WHEEL", f"Wheel-Version: 1.0\\nTag: cp312-cp312-manylinux_2_27_{tag}\\n")
        wheel.writestr(f"{name}-2.21.0.dist-info/RECORD", "")
`;
  spawnSync("python3", ["-c", script, index]);
  const cache = join(folder, "wrong");
  const outcome = await install(cache, { env: { PIP_NO_INDEX: "1", PIP_FIND_LINKS: index } });
  check(
    "a file of the right name and other bytes is refused",
    explains(outcome, /the sha256 of tensorflow/),
    outcome,
  );
  const kept = readdirSync(cache, { recursive: true }).filter((name) => name.endsWith(".whl"));
  check("and none of it is kept", kept.length === 0, { said: kept.join("\n") });
  const offline = await install(cache, { env: { PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder } });
  check(
    "no network: what pip said, in a sentence",
    explains(offline, /download of tensorflow.* by pip is refused.*WASM/),
    offline,
  );
}

async function poorMachine() {
  const cache = join(folder, "poor");
  const noPython = await install(cache, { env: pathWith({}) });
  check("no Python on the PATH", explains(noPython, /Python 3 is not on the PATH.*WASM/), noPython);
  // What is called python3 may be a script that chooses among several; the interpreter itself needs no PATH.
  const script = "import sys; print(sys.executable)";
  const python3 = spawnSync("python3", ["-c", script], { encoding: "utf8" }).stdout.trim();
  const noCompiler = await install(cache, { env: pathWith({ python3 }) });
  check(
    "no compiler on the PATH",
    explains(noCompiler, /C\+\+ compiler.* is not on the PATH.*WASM/),
    noCompiler,
  );
  check("and nothing was fetched before that was known", !existsSync(cache), { said: cache });
  writeFileSync(join(folder, "file"), "");
  const unwritable = await install(join(folder, "file", "cache"));
  check(
    "a cache that cannot be written to",
    explains(unwritable, /the cache .* is .*REFORMER_CACHE.*WASM/),
    unwritable,
  );
}

try {
  await poorMachine();
  await wrongFile();
  const cache = await killedInEveryStage();
  await damaged(cache);
  await ownPackage(cache);
  await startedTwice();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? "All of it holds." : `${failed} failed.`);
process.exit(failed === 0 ? 0 : 1);
