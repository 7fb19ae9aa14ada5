/** Takes training steps of one model at one length, and tells how fast they were and what they held. */
import {
  adam,
  createReformer,
  initializeParameters,
  measurePeakBytes,
  type Optimizer,
  trainStep,
} from "@reformer-ts/model";
import { memory } from "@tensorflow/tfjs-core";
import { openBackend } from "../backend";
import { measureMatMul } from "../backend/measure-mat-mul";
import { planStep } from "../memory-budget";
import { workPerToken } from "../step-work";
import { clockKernels } from "./kernel-clock";
import { watchMemory } from "./memory-watch";
import type { MemoryCourse, StepFigures, StepSpec } from "./step-spec";
import { subject } from "./subject";

/** A steady figure: timed steps take so long together, and are at least and at most so many. */
const steady = { seconds: 6, least: 2, most: 15 };
/** Beyond this many seconds the first step's preparations do not matter, and it is the figure. */
const longStep = 20;

/** @throws InputError when the length cannot be, or does not fit into memory: before the step starts */
export async function measureStep(spec: StepSpec): Promise<StepFigures> {
  const { length } = spec;
  const config = subject(spec);
  const { name, kernels } = await openBackend(spec.backend, { kernels: spec.kernels });
  const plan = spec.plan ?? planStep(config, { batch: 1, length, memory: spec.memory });
  const parameters = initializeParameters(config, 1);
  const optimizer = adam(parameters);
  const marks: MemoryCourse["marks"] = [];
  const model = createReformer(config, parameters);
  const batch = { ...sequence(length), batch: 1, length };
  const marked = markUpdates(optimizer, marks);

  let taken = 0;
  const begin = () => trainStep(model, marked, batch, { seed: taken++, learningRate: 1e-3, ...plan }).loss;
  const step = async () => {
    const start = performance.now();
    const loss = begin();
    const { 0: value } = await loss.data();
    loss.dispose();
    return { loss: value!, seconds: (performance.now() - start) / 1000 };
  };

  const watch = spec.watch ? await watchMemory() : null;
  const parameterBytes = memory().numBytes;
  // The first step also pays for whatever is prepared once, so it is the one in which memory is counted.
  let tensorBytes = parameterBytes;
  marks.push([process.uptime(), "step begins"]);
  const first = await timed(async () => {
    let loss: ReturnType<typeof begin>;
    tensorBytes += measurePeakBytes(() => (loss = begin()));
    const { 0: value } = await loss!.data();
    loss!.dispose();
    return value!;
  });
  marks.push([process.uptime(), "step ends"]);
  const course = watch && { samples: await watch.stop(), marks: [...marks] };

  const rest = spec.steps ?? (first.seconds > longStep ? 0 : null);
  const timedSteps: { loss: number; seconds: number }[] = [];
  if (rest === 0) timedSteps.push({ loss: first.value, seconds: first.seconds });
  while (rest === null ? !isSteady(timedSteps) : timedSteps.length < rest) timedSteps.push(await step());
  const clock = spec.clock ? clockKernels(() => begin().dispose()) : null;
  const seconds = timedSteps.map((one) => one.seconds);
  const tokensPerSecond = length / median(seconds);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const matMul = await measureMatMul();
  optimizer.dispose();
  parameters.dispose();
  return {
    length,
    tokensPerSecond,
    peakBytes,
    tensorBytes,
    parameterBytes,
    seconds,
    gigaflops: (tokensPerSecond * workPerToken(config, length)) / 1e9,
    matMulGigaflops: matMul.gigaflops,
    losses: [first.value, timedSteps.at(-1)!.loss],
    backend: name,
    kernels: kernels.kind,
    ...plan,
    ...(clock ? { clock } : {}),
    ...(course ? { watch: course } : {}),
  };
}

/** Bytes that follow no rule, and each one's successor. */
function sequence(length: number) {
  const inputs = Int32Array.from({ length }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % 256);
  const targets = Int32Array.from(inputs, (_, i) => inputs[(i + 1) % length]!);
  return { inputs, targets };
}

function isSteady(steps: readonly { seconds: number }[]): boolean {
  const together = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return steps.length >= steady.most || (steps.length >= steady.least && together >= steady.seconds);
}

/** Notes when the gradients of each part are known: what tells how far a step has come. */
function markUpdates(optimizer: Optimizer, marks: MemoryCourse["marks"]): Optimizer {
  let part = "";
  return {
    ...optimizer,
    update(name, gradient) {
      const [of] = /^layers\.\d+|^[^.]+/.exec(name)!;
      if (of !== part) marks.push([process.uptime(), `gradients of ${of}`]);
      part = of;
      optimizer.update(name, gradient);
    },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
