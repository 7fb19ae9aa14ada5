/** Sizes whose bytes wrap around 4 GB, where a kernel of WebAssembly would be given too little memory. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { kernelNames } from "../../src/index";

const hasKernels = tf.getKernel(kernelNames.chunkAttention, tf.getBackend()) !== undefined;
const refusal = /do not fit|too large|must be/;

const windows = {
  numHashes: 1,
  paddedLength: 1 << 13,
  chunkLength: 1 << 13,
  chunksBefore: 0,
  chunksAfter: 0,
  causal: true,
  selfMask: true,
  duplicateCorrection: false,
  dropoutRate: 0,
  dropoutSeed: 1,
};

function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: object) {
  return tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap);
}

test.skipIf(!hasKernels || tf.getBackend() === "webgpu")("refuses windows of 2^32 bytes", () => {
  tf.tidy(() => {
    const row = tf.zeros([1, 1, 1 << 17]);
    const attended = { query: row, key: row, value: row };
    expect(() => runKernel(kernelNames.chunkAttention, attended, windows)).toThrow(refusal);
    const answered = { ...attended, output: row, dOutput: row, logSumExp: tf.zeros([1, 1]) };
    expect(() => runKernel(kernelNames.chunkAttentionGrad, answered, windows)).toThrow(refusal);
  });
});

test.skipIf(!hasKernels || tf.getBackend() !== "wasm")("refuses a sorted order of 2^32 bytes", () => {
  tf.tidy(() => {
    const buckets = tf.zeros([1, 1, 1, 2], "int32");
    expect(() => runKernel(kernelNames.bucketSort, { buckets }, { paddedLength: 1 << 30 })).toThrow(refusal);
    const rounds = tf.zeros([1, 1, 4, 2], "int32");
    expect(() => runKernel(kernelNames.bucketSort, { buckets: rounds }, { paddedLength: 1 << 28 })).toThrow(
      refusal,
    );
  });
});
