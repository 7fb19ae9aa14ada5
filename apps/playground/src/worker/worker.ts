/** The worker's side of the protocol: opens a backend once, then runs one task after another. */
import { isInputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { openBackend } from "./backend";
import { isRefusal } from "./refusal";
import { sentence } from "./sentence";
import type { BackendName, BackendReport, FromWorker, Run, TaskName, ToWorker } from "./protocol";
import { attend } from "./tasks/attend";

/** What a chapter alone needs is loaded when it first asks. */
const tasks: { [N in TaskName]: Run<N> } = {
  attend,
  memory: async () => ({ numTensors: tf.memory().numTensors, numBytes: tf.memory().numBytes }),
  rebuild: async (request) => (await import("./tasks/rebuild")).rebuild(request),
  memoryByDepth: async (request, context) =>
    (await import("./tasks/memory-by-depth")).memoryByDepth(request, context),
  race: async (request, context) => (await import("./tasks/race")).race(request, context),
  openTraining: async (request) => (await import("./tasks/train")).openTrainingTask(request),
  train: async (request, context) => (await import("./tasks/train")).train(request, context),
  trainedFiles: async () => (await import("./tasks/train")).trainedFiles(),
  openNovel: async (request, context) => (await import("./tasks/novel")).openNovel(request, context),
  readNovel: async (request, context) => (await import("./tasks/novel")).readNovel(request, context),
  continueNovel: async (request, context) => (await import("./tasks/novel")).continueNovel(request, context),
  openPainter: async (request, context) => (await import("./tasks/paint")).openPainter(request, context),
  paint: async (request, context) => (await import("./tasks/paint")).paint(request, context),
};

const send = postMessage as (message: FromWorker) => void;
const running = new Map<number, AbortController>();
/** Tasks wait for the backend and for each other: the memory of one is free before the next begins. */
let turn: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") turn = turn.then(() => start(data.wanted));
  if (data.kind === "cancel") running.get(data.id)?.abort();
  if (data.kind === "ask") {
    const controller = new AbortController();
    running.set(data.id, controller);
    turn = turn.then(() => answer(data, controller.signal));
  }
});

let wish: BackendName | "auto" = "auto";
let backend: BackendReport | undefined;
/** Backends that broke while they computed, as graphics drivers do. */
const failed = new Map<BackendName, string>();

async function start(wanted: BackendName | "auto"): Promise<void> {
  wish = wanted;
  try {
    backend = await openBackend(wanted, failed);
    send({ kind: "ready", backend });
  } catch (error) {
    send({ kind: "failure", id: null, message: sentence(error) });
  }
}

/** Runs a task; where the graphics card fails at it, or has no room for it, once more on the next best backend. */
async function runTask(run: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const isRefused = isRefusal(error);
    const isMistake = isInputError(error) && !isRefused;
    if (signal.aborted || isMistake || wish !== "auto" || backend?.name !== "webgpu") throw error;
    const why = isRefused
      ? `it has no room for this (${error.cause.message})`
      : `it started, but failed while computing (${sentence(error)})`;
    failed.set("webgpu", why);
    await start("auto");
    return run();
  }
}

async function answer(asked: Extract<ToWorker, { kind: "ask" }>, signal: AbortSignal): Promise<void> {
  const { id } = asked;
  try {
    // A cancelled task that has not begun never begins.
    signal.throwIfAborted();
    const run = tasks[asked.task] as Run<TaskName>;
    const report = (progress: unknown) => send({ kind: "progress", id, progress });
    const result = await runTask(() => run(asked.request as never, { signal, report }), signal);
    send({ kind: "result", id, result });
  } catch (error) {
    send({ kind: "failure", id, message: sentence(error) });
    // WebAssembly that ran out of memory computes nothing any more: this worker ends, and the page begins another.
    if (error instanceof WebAssembly.RuntimeError) setTimeout(() => reportError(error));
  } finally {
    running.delete(id);
  }
}
