/**
 * The targets of the WebAssembly kernels: attention at 16,384 positions, a whole training step at 4,096, and the dense
 * product of the backend itself. Of several repeats the least wall and the least CPU time count, since a busy machine
 * only ever adds; rates are per second of CPU, all of it being one thread's.
 *
 * Work counts multiplications and additions of products: two of attention forward, five backward; of the training step
 * what its shapes need without recomputation, twice the forward pass for the backward pass.
 */
import { cpus } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import {
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
} from "../../packages/lsh/src/index";
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

const long = Number(process.env["REFORMER_STEP_LENGTH"] ?? 0);

interface Timing {
  wall: number;
  cpu: number;
}

/** Milliseconds. */
function least(repeats: number, run: () => void): Timing {
  const best = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  for (let repeat = 0; repeat < repeats; repeat++) {
    const usage = process.cpuUsage();
    const start = performance.now();
    run();
    best.wall = Math.min(best.wall, performance.now() - start);
    const { user, system } = process.cpuUsage(usage);
    best.cpu = Math.min(best.cpu, (user + system) / 1000);
  }
  return best;
}

function attention(repeats: number, kind: "LSH" | "local"): Timing & { work: number } {
  const [heads, length, depth, chunkLength] = [2, 16_384, 64, 64];
  const [query, key, value, dOutput] = [1, 2, 3, 4].map((seed) =>
    tf.randomNormal([1, heads, length, depth], 0, 1, "float32", seed),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const options = { chunkLength, numBuckets: "auto" as const, maxLength: 65_536 };
  const timing = least(repeats, () =>
    tf.tidy(() => {
      if (kind === "local") {
        const result = localAttentionForward(query, key, value, { chunkLength });
        localAttentionGrad(dOutput, { query, key, value, ...result }, { chunkLength }).dValue.dataSync();
      } else {
        const result = lshAttentionForward(query, value, options);
        lshAttentionGrad(dOutput, { queryKey: query, value, ...result }, options).dValue.dataSync();
      }
    }),
  );
  tf.dispose([query, key, value, dOutput]);
  const work = 7 * 2 * heads * length * 2 * chunkLength * depth;
  return { ...timing, work };
}

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

function step(length: number, repeats: number, keepLayers: number) {
  const shape = config(length);
  const parameters = initializeParameters(shape, 1);
  const model = createReformer(shape, parameters);
  const optimizer = adam(parameters);
  const inputs = Int32Array.from({ length }, (_, i) => (i * 7919) % 320);
  const data = { inputs, targets: inputs, batch: 1, length };
  const timing = least(repeats, () => {
    optimizer.beginStep(1e-3);
    const sink = (name: string, gradient: tf.Tensor) => optimizer.update(name, gradient);
    const loss = lossAndGradients(model, data, { seed: 1, sink, keepLayers });
    loss.dataSync();
    loss.dispose();
  });
  optimizer.dispose();
  parameters.dispose();
  return { ...timing, work: stepWork(shape, length) };
}

test("targets", async () => {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await openBackend("wasm", { kernels: "composed" });
  say(`${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
  const row = (what: string, { wall, cpu, work }: Timing & { work: number }) =>
    say(
      `${what.padEnd(50)} ${wall.toFixed(0).padStart(7)} ms ${cpu.toFixed(0).padStart(7)} CPU ms ` +
        `${(work / cpu / 1e6).toFixed(1).padStart(6)} GFLOP per CPU second`,
    );
  const [a, b] = [tf.randomNormal([1024, 1024]), tf.randomNormal([1024, 1024])];
  const dense = least(5, () => tf.matMul(a, b).dataSync());
  row("matMul 1024^3 of the backend", { ...dense, work: 2 ** 31 });
  if (long === 0) {
    for (const kind of ["LSH", "local"] as const)
      row(`composed ${kind} attention, 16,384`, attention(2, kind));
    row("composed training step, 4,096", step(4096, 1, 6));
  }
  for (const build of ["simd", "relaxed"] as const) {
    for (const { kernelName } of tf.getKernelsForBackend("wasm")) {
      if (kernelName.startsWith("Reformer")) tf.unregisterKernel(kernelName, "wasm");
    }
    say((await registerWasmKernels({ build })).why);
    if (long > 0) {
      row(`fused training step, ${long}, layers computed again`, step(long, 1, 0));
      say(`  memory of the backend ${(memoryBytes() / 2 ** 20).toFixed(0)} MiB`);
      continue;
    }
    for (const kind of ["LSH", "local"] as const) row(`fused ${kind} attention, 16,384`, attention(7, kind));
    row("fused training step, 4,096, all layers kept", step(4096, 3, 6));
    row("fused training step, 4,096, layers computed again", step(4096, 3, 0));
  }
  tf.dispose([a, b]);
  expect(tf.memory().numTensors).toBeLessThan(100);
});

function memoryBytes(): number {
  const backend = tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } };
  return backend.wasm.asm.memory.buffer.byteLength;
}
