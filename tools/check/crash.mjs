/**
 * `pnpm check:crash`: kills a run at 50 moments, saving included, resumes it each time, and compares what came of it with a
 * run that nobody disturbed: every loss and every weight must be the same, bit for bit.
 *
 *     node tools/check/crash.mjs [kills] [backend]
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [kills = "50", backend = "wasm"] = process.argv.slice(2);
const command = fileURLToPath(new URL("../../apps/trainer/bin/reformer.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "reformer-crash-"));
const [disturbed, quiet] = [join(folder, "disturbed"), join(folder, "quiet")];

/** Steps of a few milliseconds and a checkpoint after each of them, so that about half of all moments are in a save. */
const flags = [
  "--config debug --d-model 64 --d-ff 256 --d-head 16 --length 64 --batch 1 --accumulate 2 --hidden-dropout 0.1 --clip-norm 1",
  "--schedule constant --checkpoint-every 1 --keep 3 --evaluate-every 7 --evaluate-tokens 64 --sample-every 0",
  `--held-out 0.0001 --log-every 1 --backend ${backend}`,
].flatMap((line) => line.split(" "));

const random = generator(20);
const deaths = { step: 0, save: 0, start: 0 };
for (let n = 1; n <= Number(kills); n++) {
  const before = stepsSaved(disturbed);
  await killed(existsSync(join(disturbed, "run.json")) ? resume(100_000) : begin(disturbed, 100_000));
  const unfinished =
    existsSync(disturbed) && readdirSync(disturbed).some((name) => name.startsWith(".unfinished"));
  const after = stepsSaved(disturbed);
  deaths[unfinished ? "save" : after > before ? "step" : "start"]++;
  console.log(
    `kill ${String(n).padStart(2)}: ${unfinished ? "while saving" : "between saves"}, ${after} steps are safe`,
  );
}

const total = stepsSaved(disturbed) + 3;
await finished(resume(total));
await finished(begin(quiet, total));
const same = {
  losses:
    JSON.stringify(losses(disturbed)) === JSON.stringify(losses(quiet)) && losses(quiet).length === total,
  ...Object.fromEntries(
    ["model.safetensors", "optimizer.safetensors"].map((name) => [
      name,
      last(disturbed, name).equals(last(quiet, name)),
    ]),
  ),
};
console.log(
  `\n${kills} kills: ${deaths.save} while saving, ${deaths.step} while training, ${deaths.start} before a first save.`,
);
for (const [what, equal] of Object.entries(same))
  console.log(`${what} after ${total} steps: ${equal ? "the same, bit for bit" : "DIFFERENT"}`);
rmSync(folder, { recursive: true, force: true });
process.exit(Object.values(same).every(Boolean) ? 0 : 1);

function begin(run, steps) {
  return ["train", ...flags, "--run", run, "--steps", String(steps)];
}

function resume(steps) {
  return ["train", "--resume", disturbed, "--steps", String(steps), "--backend", backend];
}

/** Starts a run and kills it at a random moment after its first new step. */
function killed(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    let timer;
    child.stderr.on("data", (text) => {
      said += text;
      if (timer === undefined && /^step \d+\//m.test(said))
        timer = setTimeout(() => child.kill("SIGKILL"), random() * 400);
    });
    child.on("close", (code, signal) =>
      signal === "SIGKILL" ? resolve() : reject(new Error(`ended with ${code}:\n${said}`)),
    );
  });
}

function finished(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`ended with ${code}:\n${said}`))));
  });
}

function checkpoints(run) {
  return existsSync(run)
    ? readdirSync(run)
        .filter((name) => name.startsWith("step-"))
        .toSorted()
    : [];
}

function stepsSaved(run) {
  return Number(checkpoints(run).at(-1)?.slice("step-".length) ?? 0);
}

function last(run, name) {
  return readFileSync(join(run, checkpoints(run).at(-1), name));
}

function losses(run) {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.flatMap((line) => ("train/loss" in line ? [line["train/loss"]] : []));
}

/** Numbers in [0, 1) that are the same every time (Lehmer's generator). */
function generator(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
