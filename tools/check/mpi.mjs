/**
 * `pnpm check:mpi`: trains under a real mpirun. Two processes must learn as one with twice the batch does; a process that dies must
 * end the job, and the run go on with another number of processes; mistakes must end in one sentence.
 *
 *     node tools/check/mpi.mjs [mpirun] [backend]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [mpirun = "mpirun", backend = "wasm"] = process.argv.slice(2);
const command = fileURLToPath(new URL("../../apps/trainer/bin/reformer.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "reformer-mpi-"));

/**
 * Relative difference of losses. Both add the same float32 products, but one of them in two halves: a loss rounded to 2^-24 differs by a
 * few units of that, 6e-8 each, and Adam carries them from step to step. Ten times what has been measured is allowed.
 */
const tolerance = 1e-5;
const steps = 24;
const flags = [
  "--config debug --length 128 --held-out 0.002 --evaluate-tokens 1024 --evaluate-every 12 --sample-every 0",
  `--schedule constant --log-every 1 --checkpoint-every 4 --backend ${backend}`,
].flatMap((line) => line.split(" "));
const pairs = fileURLToPath(new URL("../../packages/data/test/samples/opennmt-ende/val", import.meta.url));
/** The last of two values for a flag holds, so these overrule the ones above. */
const translation = [
  `--config wmt-ende --held-out-corpus null --corpus ${pairs}.en,${pairs}.de --tokenizer 400 --vocab-size 402 --held-out 0.1`,
  "--d-model 32 --d-ff 64 --num-heads 4 --d-head 8 --hidden-dropout 0 --local-dropout 0 --learning-rate 0.003 --warmup 5",
].flatMap((line) => line.split(" "));
const failures = [];

await likeOne("plain", []);
await likeOne("clipped", ["--clip-norm", "0.5"]);
await likeOne("accumulated", ["--optimizer", "adafactor"], {
  one: ["--batch", "4"],
  two: ["--batch", "1", "--accumulate", "2"],
});
await likeOne("translation", translation);
await resumedByOthers();
await survivesDeath();
await speaksOnce();

rmSync(folder, { recursive: true, force: true });
console.log(failures.length === 0 ? "\nAll is well." : `\nFAILED: ${failures.join("; ")}`);
process.exit(failures.length === 0 ? 0 : 1);

/** Two processes against one that sees as much in a step. */
async function likeOne(
  name,
  more,
  { one: whole, two: half } = { one: ["--batch", "2"], two: ["--batch", "1"] },
) {
  const [one, two] = [join(folder, `${name}-1`), join(folder, `${name}-2`)];
  const common = ["train", ...flags, ...more, "--steps", String(steps)];
  await finished(run(1, [...common, ...whole, "--run", one]));
  await finished(run(2, [...common, ...half, "--run", two]));
  const [a, b] = [losses(one), losses(two)];
  const differences = a.map((loss, i) => Math.abs(loss - b[i]) / loss);
  console.log(`\n${name}: losses of one process, and of two with half as much each`);
  console.log("step        one        two   relative difference");
  for (let i = 0; i < steps; i += i === 0 ? 3 : 4) {
    console.log(
      `${String(i + 1).padStart(4)} ${a[i].toFixed(7).padStart(10)} ${b[i].toFixed(7).padStart(10)}   ${differences[i].toExponential(1)}`,
    );
  }
  const worst = Math.max(...differences, Math.abs(heldOut(one) - heldOut(two)) / heldOut(one));
  check(`${name}: largest difference ${worst.toExponential(1)}, allowed ${tolerance}`, worst < tolerance);
  check(`${name}: both saw ${tokens(one)} tokens`, tokens(one) === tokens(two) && a.length === steps);
}

/** Four processes go on where two stopped, with half the windows each: the same run. */
async function resumedByOthers() {
  const moved = join(folder, "moved");
  await finished(run(2, ["train", ...flags, "--steps", "12", "--batch", "2", "--run", moved]));
  const resume = ["train", "--resume", moved, "--steps", String(steps), "--backend", backend];
  await finished(run(4, [...resume, "--batch", "1"]));
  const whole = join(folder, "whole");
  await finished(run(1, ["train", ...flags, "--steps", String(steps), "--batch", "4", "--run", whole]));
  const [a, b] = [losses(whole), losses(moved)];
  const worst = Math.max(...a.map((loss, i) => Math.abs(loss - b[i]) / loss));
  console.log("");
  check(
    `12 steps of two processes, then 12 of four: largest difference to one ${worst.toExponential(1)}, allowed ${tolerance}`,
    worst < tolerance && b.length === steps,
  );
}

/** The second process is killed in the middle of training. */
async function survivesDeath() {
  const dying = join(folder, "dying");
  const job = run(2, ["train", ...flags, "--steps", "100000", "--batch", "1", "--run", dying]);
  await job.says("step 9/");
  const victim = childrenOf(job.child.pid).at(-1);
  process.kill(victim, "SIGKILL");
  const killed = performance.now();
  const { code, err } = await job.ended;
  const seconds = (performance.now() - killed) / 1000;
  console.log("");
  check(
    `a killed process ends the job after ${seconds.toFixed(1)} s with code ${code}`,
    code > 0 && seconds < 20,
  );
  console.log(`  what is said: ${err.split("\n").find((line) => /signal:? 9|killed/i.test(line))}`);
  const saved = Number(checkpoints(dying).at(-1).slice("step-".length));
  const resume = ["train", "--resume", dying, "--steps", String(saved + 4), "--backend", backend];
  await finished(run(3, resume));
  check(`three processes go on from step ${saved}`, losses(dying).length === saved + 4);
}

/** The same mistake in every process, and a signal. */
async function speaksOnce() {
  const wrong = await run(3, ["train", ...flags, "--corpus", "gone.txt", "--run", join(folder, "x")]).ended;
  const said = wrong.err.split("\n").filter((line) => line.startsWith("reformer: "));
  check(`a mistake: code ${wrong.code}, "${said.join(" / ")}"`, wrong.code === 2 && said.length === 1);

  const stopped = join(folder, "stopped");
  const job = run(2, ["train", ...flags, "--steps", "100000", "--checkpoint-every", "0", "--run", stopped]);
  await job.says("step 9/");
  // To one process only, as schedulers may do: the others must hear of it.
  process.kill(childrenOf(job.child.pid).at(-1), "SIGTERM");
  const { code } = await job.ended;
  const saved = Number(checkpoints(stopped).at(-1)?.slice("step-".length) ?? 0);
  check(
    `SIGTERM to one process: code ${code}, saved step ${saved}`,
    code === 143 && saved === losses(stopped).length,
  );
}

function check(what, right) {
  console.log(`${right ? "ok    " : "FAILED"} ${what}`);
  if (!right) failures.push(what);
}

/** Starts a job of so many processes; one needs no launcher. */
function run(processes, args) {
  const launcher = [mpirun, ...launcherFlags(mpirun), "-np", String(processes)];
  const line = [...(processes === 1 ? [] : launcher), process.execPath, command, ...args];
  const child = spawn(line[0], line.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  const waiting = [];
  const hear = (text) => {
    err += text;
    for (const look of waiting) look();
  };
  // Hydra says what became of its processes on stdout.
  for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
  const ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, err })));
  const says = (text) =>
    new Promise((resolve, reject) => {
      const look = () => err.includes(text) && resolve();
      waiting.push(look);
      void ended.then(() => reject(new Error(`it ended without saying "${text}":\n${err}`)));
    });
  return { child, ended, says };
}

/** Open MPI refuses root and more processes than cores unless told otherwise; MPICH has no such flags. */
function launcherFlags(name) {
  return /hydra|mpich/.test(name) ? [] : ["--allow-run-as-root", "--oversubscribe"];
}

async function finished({ ended }) {
  const { code, err } = await ended;
  if (code !== 0) throw new Error(`ended with ${code}:\n${err}`);
}

/** Processes of node below a launcher, which may have helpers in between. */
function childrenOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean);
  return children.flatMap((child) => {
    const below = childrenOf(Number(child));
    const isNode = readFileSync(`/proc/${child}/cmdline`, "utf8").startsWith(process.execPath);
    return isNode ? [Number(child)] : below;
  });
}

function metrics(path) {
  const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

function losses(path) {
  return metrics(path).flatMap((line) => ("train/loss" in line ? [line["train/loss"]] : []));
}

function heldOut(path) {
  const whole = metrics(path).findLast((line) => line.whole);
  return Object.entries(whole).find(([name]) => name.startsWith("heldOut/bitsPer"))[1];
}

function tokens(path) {
  return metrics(path).at(-1).tokens;
}

function checkpoints(path) {
  return readdirSync(path)
    .filter((name) => name.startsWith("step-"))
    .toSorted();
}
