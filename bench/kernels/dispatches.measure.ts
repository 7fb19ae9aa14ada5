/**
 * What an LSH layer asks of WebGPU, forward and backward, fused beside composed: dispatches, bytes moved, the largest
 * buffer, and how often the host waits for a tensor. Counts, not times: programs are not even run, so any adapter will do.
 *
 * Composed ops sort on the host and so read buckets back, at once, which WebGPU in Node cannot. What they read comes here
 * from the same pass on WebAssembly, in the same order, and counts as a read-back.
 */
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { openBackend } from "../../apps/trainer/src/backend/open-backend";
import { type DeviceUse, watchDevice } from "../../internal/testkit/src/index";
import {
  createReformer,
  initializeParameters,
  type ReformerConfig,
  resolveConfig,
} from "../../packages/model/src/index";
import { registerWebgpuKernels } from "../../packages/model/src/kernels/webgpu/index";
import { backward, forward } from "../../packages/reversible/src/index";

const length = Number(process.env["REFORMER_LAYER_LENGTH"] ?? 4096);

const config = (numHashes: number): ReformerConfig =>
  resolveConfig({
    vocabSize: 320,
    dModel: 256,
    dFF: 512,
    numHeads: 2,
    dHead: 64,
    layers: ["lsh"],
    maxLength: length,
    chunkLength: 64,
    numHashes,
  });

/** A tensor on the device. */
const stream = (seed: number) =>
  tf.tidy(() => tf.add(tf.randomNormal([1, length, 256], 0, 1, "float32", seed), 0));

/** The two passes of one layer, each run by `watch`. */
function passes<Use>(numHashes: number, watch: <R>(work: () => R) => { result: R; use: Use }) {
  const shape = config(numHashes);
  const parameters = initializeParameters(shape, 1);
  const blocks = createReformer(shape, parameters).blocks({ training: true });
  const once = () => {
    const streams = { x1: stream(1), x2: stream(2) };
    const gradients = { d1: stream(3), d2: stream(4) };
    const ahead = watch(() => forward(blocks, streams, { seed: 7 }));
    const { trace, ...outputs } = ahead.result;
    const back = watch(() =>
      backward(blocks, outputs, gradients, trace, (_, gradient) => gradient.dispose()),
    );
    tf.dispose([back.result.d1, back.result.d2]);
    return { forward: ahead.use, backward: back.use };
  };
  const uses = once();
  parameters.dispose();
  return uses;
}

/** Runs with what `dataSync` gives noted, or given. */
function withReads<R>(read: (tensor: tf.Tensor, plain: () => unknown) => unknown, work: () => R): R {
  const host = tf.Tensor.prototype;
  const plain = host.dataSync;
  host.dataSync = function (this: tf.Tensor) {
    return read(this, () => plain.call(this));
  } as typeof host.dataSync;
  try {
    return work();
  } finally {
    host.dataSync = plain;
  }
}

async function composedUses(numHashes: number) {
  await openBackend("wasm", { kernels: "composed" });
  const reads: unknown[] = [];
  const note = (_: tf.Tensor, plain: () => unknown) => reads[reads.push(plain()) - 1];
  withReads(note, () => passes(numHashes, (work) => ({ result: work(), use: undefined })));
  await openBackend("webgpu", { kernels: "composed" });
  let waited = 0;
  const give = (tensor: tf.Tensor, plain: () => unknown) => {
    const known = reads.shift();
    expect(known).toHaveLength(tensor.size);
    waited++;
    return known ?? plain();
  };
  return withReads(give, () =>
    passes(numHashes, (work) => {
      waited = 0;
      const { result, use } = watchDevice(work, { dry: true });
      return { result, use: { ...use, readBacks: waited } };
    }),
  );
}

async function fusedUses(numHashes: number) {
  await openBackend("webgpu", { kernels: "composed" });
  registerWebgpuKernels();
  const uses = passes(numHashes, (work) => watchDevice(work, { dry: true }));
  for (const { kernelName } of tf.getKernelsForBackend("webgpu")) {
    if (kernelName.startsWith("Reformer")) tf.unregisterKernel(kernelName, "webgpu");
  }
  return uses;
}

const row = (rounds: number, pass: string, kind: string, use: DeviceUse) =>
  `| ${rounds} | ${pass} | ${kind} | ${use.dispatches.length} | ${(use.bytesMoved / 2 ** 20).toFixed(1)} | ` +
  `${use.readBacks} | ${(use.largestBuffer / (2 * length * 64)).toFixed(2)} |`;

test("dispatches", async () => {
  const lines = [
    `An LSH layer, ${length} tokens, dModel 256, 2 heads x 64, dFF 512, chunks of 64; ${new Date().toISOString().slice(0, 10)}.`,
    "",
    "| rounds | pass | path | dispatches | MiB moved | read-backs | largest buffer, in [heads, L, depth] |",
    "| --- | --- | --- | --- | --- | --- | --- |",
  ];
  for (const numHashes of [1, 2, 4]) {
    const composed = await composedUses(numHashes);
    const fused = await fusedUses(numHashes);
    for (const pass of ["forward", "backward"] as const) {
      lines.push(row(numHashes, pass, "composed", composed[pass]));
      lines.push(row(numHashes, pass, "fused", fused[pass]));
      expect(fused[pass].readBacks).toBe(0);
    }
    if (numHashes === 1) lines.splice(1, 0, "", `Fused forward: ${fused.forward.dispatches.join(", ")}.`);
  }
  process.stdout.write(`\n${lines.join("\n")}\n`);
});
