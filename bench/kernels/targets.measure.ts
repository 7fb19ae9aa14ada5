/**
 * The targets of the WebAssembly kernels: attention at 16,384 positions, a whole training step at 4,096, and the dense
 * product of the backend itself. Work of the training step is what its shapes need without recomputation, twice the
 * forward pass for the backward pass.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  adam,
  createReformer,
  initializeParameters,
  lossAndGradients,
  resolveConfig,
  type ReformerConfig,
} from "../../packages/model/src/index";
import { registerWasmKernels } from "../../packages/model/src/kernels/wasm/index";
import { expect, test } from "vitest";
import { openBackend } from "../../apps/trainer/src/backend/open-backend";
import { attention, cell, dropKernels, least, say, sayMachine, type Timing } from "./timing";

const long = Number(process.env["REFORMER_STEP_LENGTH"] ?? 0);

const config = (maxLength: number): ReformerConfig =>
  resolveConfig({
    vocabSize: 320,
    dModel: 256,
    dFF: 512,
    numHeads: 2,
    dHead: 64,
    layers: ["local", "lsh", "local", "lsh", "local", "lsh"],
    maxLength,
    chunkLength: 64,
    numHashes: 1,
  });

/** Multiplications and additions of one step, forward and twice that backward. */
function stepWork({ dModel, dFF, vocabSize }: ReformerConfig, length: number): number {
  const inner = 128;
  const perToken = {
    feedForward: 6 * 2 * dModel * dFF,
    projections: (3 * 3 + 3 * 2) * dModel * inner + 6 * dModel * inner,
    attention: 6 * 2 * 128 * inner,
    head: 2 * dModel * vocabSize,
  };
  return 3 * 2 * length * Object.values(perToken).reduce((sum, work) => sum + work, 0);
}

function step(length: number, repeats: number, keepLayers: number): Timing {
  const shape = config(length);
  const parameters = initializeParameters(shape, 1);
  const model = createReformer(shape, parameters);
  const optimizer = adam(parameters);
  const inputs = Int32Array.from({ length }, (_, i) => (i * 7919) % 320);
  const data = { inputs, targets: inputs, batch: 1, length };
  const milliseconds = least(repeats, () => {
    optimizer.beginStep(1e-3);
    const sink = (name: string, gradient: tf.Tensor) => optimizer.update(name, gradient);
    const loss = lossAndGradients(model, data, { seed: 1, sink, keepLayers });
    loss.dataSync();
    loss.dispose();
  });
  optimizer.dispose();
  parameters.dispose();
  return { milliseconds, work: stepWork(shape, length) };
}

function dense(): Timing {
  const [a, b] = [tf.randomNormal([1024, 1024]), tf.randomNormal([1024, 1024])];
  const milliseconds = least(20, () => {
    const product = tf.matMul(a, b);
    product.dataSync();
    product.dispose();
  });
  tf.dispose([a, b]);
  return { milliseconds, work: 2 ** 31 };
}

/** Rows of the table: how often composed ops and fused kernels are timed. */
const rows: Record<string, { composed?: () => Timing; fused?: () => Timing }> =
  long > 0
    ? { [`training step, ${long} tokens, layers computed again`]: { fused: () => step(long, 1, 0) } }
    : {
        "dense matMul 1024³ of the backend": { composed: dense },
        "LSH attention, both ways, 16,384 x 2 heads x 64": {
          composed: () => attention(2, "LSH"),
          fused: () => attention(7, "LSH"),
        },
        "local attention, both ways, 16,384 x 2 heads x 64": {
          composed: () => attention(2, "local"),
          fused: () => attention(7, "local"),
        },
        "training step, 4,096 tokens, all layers kept": {
          composed: () => step(4096, 1, 6),
          fused: () => step(4096, 4, 6),
        },
        "training step, 4,096 tokens, layers computed again": { fused: () => step(4096, 4, 0) },
      };

test("targets", async () => {
  await openBackend("wasm", { kernels: "composed" });
  sayMachine();
  const cells = Object.fromEntries(Object.keys(rows).map((name) => [name, [] as string[]]));
  for (const column of ["composed", "simd", "relaxed"] as const) {
    if (column !== "composed") say((await registerWasmKernels({ build: column })).why);
    for (const [name, { composed, fused }] of Object.entries(rows)) {
      const measure = column === "composed" ? composed : fused;
      cells[name]!.push(measure ? cell(measure()) : "");
    }
    dropKernels();
  }
  say("| what | composed | SIMD | relaxed SIMD |\n| --- | --- | --- | --- |");
  for (const [name, texts] of Object.entries(cells)) say(`| ${name} | ${texts.join(" | ")} |`);
  say(`memory of the backend at its end: ${(memoryBytes() / 2 ** 20).toFixed(0)} MiB`);
  expect(tf.memory().numTensors).toBeLessThan(100);
});

function memoryBytes(): number {
  const backend = tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } };
  return backend.wasm.asm.memory.buffer.byteLength;
}
