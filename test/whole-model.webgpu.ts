/** A whole model on WebGPU against plain JavaScript: loss, every gradient, a training step, writing. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { watchDevice } from "../internal/testkit/src/index";
import { Random } from "../internal/random/src/index";
import {
  adam,
  createReformer,
  generate,
  initializeParameters,
  lossAndGradients,
  resolveConfig,
  trainStep,
  type ReformerOptions,
} from "../packages/model/src/index";

const options: ReformerOptions = {
  vocabSize: 11,
  dModel: 16,
  dFF: 32,
  numHeads: 2,
  dHead: 16,
  layers: ["local", "lsh", "full"],
  numHashes: 2,
  numBuckets: [2, 4],
  maxLength: 64,
  chunkLength: 8,
  initializerRange: 0.2,
};

function makeModel(more: Partial<ReformerOptions> = {}) {
  const config = resolveConfig({ ...options, ...more });
  const parameters = initializeParameters(config, 1);
  return { parameters, model: createReformer(config, parameters) };
}

function batchOf(length: number) {
  const random = Random.fromSeed(5);
  const tokens = () => Int32Array.from({ length: 2 * length }, () => random.integer(11));
  return { inputs: tokens(), targets: tokens(), batch: 2, length };
}

async function learn(more: Partial<ReformerOptions> = {}) {
  const { parameters, model } = makeModel(more);
  const gradients = new Map<string, tf.Tensor>();
  const loss = lossAndGradients(model, batchOf(40), {
    seed: 3,
    sink: (name, gradient) => void gradients.set(name, gradient),
  });
  const results: Record<string, ArrayLike<number>> = { loss: await loss.data() };
  for (const [name, gradient] of gradients) results[`gradient of ${name}`] = await gradient.data();
  const optimizer = adam(parameters);
  for (let seed = 0; seed < 2; seed++) {
    const step = trainStep(model, optimizer, batchOf(40), { learningRate: 1e-3, clipNorm: 1, seed });
    results[`loss of step ${seed}`] = await step.loss.data();
    tf.dispose([step.loss, step.gradientNorm!]);
  }
  optimizer.dispose();
  parameters.dispose();
  tf.dispose([loss, ...gradients.values()]);
  return results;
}

async function write() {
  const { parameters, model } = makeModel();
  const tokens: number[] = [];
  const prompt = Int32Array.from({ length: 20 }, (_, i) => i % 11);
  for await (const token of generate(model, prompt, { maxTokens: 6, temperature: 0 })) tokens.push(token);
  parameters.dispose();
  return tokens;
}

/** The same on plain JavaScript, where everything is composed. */
async function onCpu<T>(work: () => Promise<T>): Promise<T> {
  const backend = tf.getBackend();
  await tf.setBackend("cpu");
  try {
    return await work();
  } finally {
    await tf.setBackend(backend);
  }
}

test.for<[string, Partial<ReformerOptions>]>([
  ["classic routing", {}],
  ["strict routing", { layers: ["lsh"], routing: "strict" }],
])("loss, gradients and two steps, %s", async ([, more]) => {
  // What a device refuses it says there, and goes on.
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  device.pushErrorScope("validation");
  const before = tf.memory().numTensors;
  const { result, use } = watchDevice(() => learn(more));
  const results = await result;
  expect(use.storageBuffers).toBeLessThanOrEqual(8);
  expect(use.workgroupBytes).toBeLessThanOrEqual(16_384);
  expect(await device.popErrorScope()).toBe(null);
  expect(tf.memory().numTensors).toBe(before);
  const expected = await onCpu(() => learn(more));
  expect(Object.keys(results).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, values] of Object.entries(results)) {
    expect(values, name).toBeAllClose(expected[name]!, { absolute: 1e-4, relative: 1e-4 });
  }
});

test("what is written", async () => {
  expect(await write()).toEqual(await onCpu(write));
});
