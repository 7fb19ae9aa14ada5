/** Takes training steps of one model at one length, and tells how fast they were and what they held. */
import {
  adam,
  createReformer,
  initializeParameters,
  measurePeakBytes,
  type Optimizer,
  type ReformerConfig,
  trainStep,
} from "@reformer-ts/model";
import { memory, type Scalar } from "@tensorflow/tfjs-core";
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
  const batch = { ...sequence(length), batch: 1, length };
  const marks: MemoryCourse["marks"] = [];
  const watch = spec.watch ? await watchMemory() : null;

  let made!: ReturnType<typeof makeTrainee>;
  let taken = 0;
  const begin = () => {
    const { model, optimizer } = made;
    const options = { seed: taken++, learningRate: 1e-3, ...plan };
    return trainStep(model, markUpdates(optimizer, marks), batch, options).loss;
  };
  // Counted from the parameters on: what replaces them would otherwise seem to come on top.
  let start = 0;
  let firstLoss!: Scalar;
  const tensorBytes = measurePeakBytes(() => {
    made = makeTrainee(config);
    marks.push([process.uptime(), "step begins"]);
    start = performance.now();
    firstLoss = begin();
  });
  const first = await ended(firstLoss, start);
  marks.push([process.uptime(), "step ends"]);
  const course = watch && { samples: await watch.stop(), marks: [...marks] };

  const step = () => {
    const from = performance.now();
    return ended(begin(), from);
  };
  const rest = spec.steps ?? (first.seconds > longStep ? 0 : null);
  const timedSteps = rest === 0 ? [first] : [];
  while (rest === null ? !isSteady(timedSteps) : timedSteps.length < rest) timedSteps.push(await step());
  const clock = spec.clock ? clockKernels(() => begin().dispose()) : null;
  const seconds = timedSteps.map((one) => one.seconds);
  const tokensPerSecond = length / median(seconds);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const matMul = await measureMatMul();
  made.dispose();
  return {
    length,
    tokensPerSecond,
    peakBytes,
    tensorBytes,
    parameterBytes: made.bytes,
    seconds,
    gigaflops: (tokensPerSecond * workPerToken(config, length)) / 1e9,
    matMulGigaflops: matMul.gigaflops,
    losses: [first.loss, timedSteps.at(-1)!.loss],
    backend: name,
    kernels: kernels.kind,
    ...plan,
    ...(clock ? { clock } : {}),
    ...(course ? { watch: course } : {}),
  };
}

/** A model with its optimizer, and the bytes of parameters and moments. */
function makeTrainee(config: ReformerConfig) {
  const before = memory().numBytes;
  const parameters = initializeParameters(config, 1);
  const optimizer = adam(parameters);
  return {
    model: createReformer(config, parameters),
    optimizer,
    bytes: memory().numBytes - before,
    dispose() {
      optimizer.dispose();
      parameters.dispose();
    },
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

/** Waits for a step that began at `start`. Takes `loss`. */
async function ended(loss: Scalar, start: number): Promise<{ loss: number; seconds: number }> {
  const { 0: value } = await loss.data();
  loss.dispose();
  return { loss: value!, seconds: (performance.now() - start) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
