/** The native kernels of chunk attention: equal to the composed path, whatever the threads, and safe with any input. */
import "@reformer-ts/internal-testkit";
import { kernelNames, sortByBucket, type ChunkAttentionAttributes } from "@reformer-ts/lsh";
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";

import { composedChunkAttention } from "../../../../packages/lsh/src/chunk-attention";
import { composedChunkAttentionGrad } from "../../../../packages/lsh/src/chunk-attention-grad";
import { setKernelThreads } from "../../src/kernels/open-kernels";
import { draw, openFused } from "./fused";

await openFused();
const processors = setKernelThreads(2);

const attributes: ChunkAttentionAttributes = {
  numHashes: 1,
  paddedLength: 24,
  chunkLength: 4,
  chunksBefore: 1,
  chunksAfter: 0,
  causal: true,
  selfMask: true,
  duplicateCorrection: false,
  dropoutRate: 0,
  dropoutSeed: 0,
};

function sorted(
  groups: number,
  length: number,
  { numHashes, paddedLength }: ChunkAttentionAttributes,
  seed: number,
) {
  const random = Random.fromSeed(seed);
  const ids = Int32Array.from({ length: groups * numHashes * length }, () => random.integer(6));
  return sortByBucket(tf.tensor4d(ids, [1, groups, numHashes, length], "int32"), { paddedLength });
}

function heads(groups: number, length: number, depth: number, seed: number) {
  const [query, key, value, dOutput] = [1, 2, 3, 4].map((n) => draw([groups, length, depth], seed + n));
  return { query: query!, key: tf.mul(key!, 1 / Math.sqrt(depth)), value: value!, dOutput: dOutput! };
}

type Inputs = ReturnType<typeof heads> & { order?: tf.Tensor; inverse?: tf.Tensor };

function fused({ dOutput, ...inputs }: Inputs, given: Partial<ChunkAttentionAttributes>) {
  const attrs = { ...attributes, ...given } as unknown as tf.NamedAttrMap;
  const run = (name: string, tensors: object) =>
    tf.engine().runKernel(name, tensors as tf.NamedTensorMap, attrs) as tf.Tensor[];
  const [output, logSumExp] = run(kernelNames.chunkAttention, inputs);
  const [dQuery, dKey, dValue] = run(kernelNames.chunkAttentionGrad, {
    ...inputs,
    output,
    logSumExp,
    dOutput,
  });
  return { output, logSumExp, dQuery, dKey, dValue } as Record<string, tf.Tensor>;
}

function composed({ dOutput, ...inputs }: Inputs, given: Partial<ChunkAttentionAttributes>) {
  const attrs = { ...attributes, ...given };
  const result = composedChunkAttention(inputs, attrs);
  return { ...result, ...composedChunkAttentionGrad({ ...inputs, ...result, dOutput }, attrs) };
}

afterEach(() => {
  setKernelThreads(processors ?? 1);
});

test("200 random cases agree with the composed path", () => {
  const testCase = fc.record({
    groups: fc.integer({ min: 1, max: 4 }),
    length: fc.integer({ min: 1, max: 150 }),
    depth: fc.constantFrom(1, 3, 8, 16, 20, 64),
    numHashes: fc.constantFrom(0, 1, 2, 4),
    chunkLength: fc.constantFrom(1, 4, 7, 16, 24),
    chunksBefore: fc.integer({ min: 0, max: 2 }),
    chunksAfter: fc.integer({ min: 0, max: 2 }),
    causal: fc.boolean(),
    selfMask: fc.boolean(),
    duplicateCorrection: fc.boolean(),
    dropoutRate: fc.constantFrom(0, 0, 0.3),
    dropoutSeed: fc.integer(),
  });
  fc.assert(
    fc.property(testCase, ({ groups, length, depth, numHashes: rounds, ...rest }) =>
      tf.tidy(() => {
        const numHashes = Math.max(1, rounds);
        const paddedLength = Math.ceil(length / rest.chunkLength) * rest.chunkLength;
        const given = { ...attributes, ...rest, numHashes, paddedLength };
        const order = rounds === 0 ? {} : sorted(groups, length, given, length);
        const inputs = { ...heads(groups, length, depth, length + depth), ...order };
        const [actual, expected] = [fused(inputs, given), composed(inputs, given)];
        for (const name of ["output", "logSumExp"] as const) {
          expect(actual[name]).toBeAllClose(expected[name], { absolute: 1e-5, relative: 1e-5 });
        }
        for (const name of ["dQuery", "dKey", "dValue"] as const) {
          expect(actual[name]).toBeAllClose(expected[name], { absolute: 5e-5, relative: 1e-4 });
        }
      }),
    ),
    { numRuns: 200 },
  );
});

test("results are the same to the last bit, whatever the number of threads", () => {
  tf.tidy(() => {
    const given = { numHashes: 2, paddedLength: 4096, chunkLength: 16, chunksAfter: 1, dropoutRate: 0.1 };
    const inputs = { ...heads(3, 4090, 16, 5), ...sorted(3, 4090, { ...attributes, ...given }, 7) };
    setKernelThreads(1);
    const alone = fused(inputs, given);
    for (const threads of [2, 3, 8]) {
      setKernelThreads(threads);
      for (const [name, tensor] of Object.entries(fused(inputs, given))) {
        expect(tensor.dataSync(), `${name} on ${threads} threads`).toEqual(alone[name]!.dataSync());
      }
    }
  });
});

const noRows = { query: tf.zeros([0, 24, 8]), key: tf.zeros([0, 24, 8]), value: tf.zeros([0, 24, 8]) };

test.each<
  [
    string,
    (inputs: Inputs) => Partial<Record<keyof Inputs, tf.Tensor | undefined>>,
    Partial<ChunkAttentionAttributes>,
  ]
>([
  [
    "value is of shape [2, 23, 8], but must be [groups, length, depth]",
    () => ({ value: draw([2, 23, 8], 1) }),
    {},
  ],
  ["query is of type int32, but must be float32", ({ query }) => ({ query: tf.cast(query, "int32") }), {}],
  ["not a permutation", ({ order }) => ({ order: tf.fill(order!.shape, 1 << 30, "int32") }), {}],
  ["not a permutation", ({ inverse }) => ({ inverse: tf.sub(inverse!, tf.scalar(1, "int32")) }), {}],
  ["paddedLength must be a multiple of chunkLength", () => ({}), { chunkLength: 5 }],
  ["chunkLength must be from 1", () => ({}), { chunkLength: 0 }],
  ["chunksBefore and chunksAfter must be", () => ({}), { chunksBefore: -1 }],
  ["order is of shape [2, 24], but must be [2, 48]", () => ({}), { numHashes: 2 }],
  ["several rounds need an order", () => ({ order: undefined, inverse: undefined }), { numHashes: 2 }],
  ["query is empty", () => ({ ...noRows, order: undefined, inverse: undefined }), {}],
])("refuses: %s", (message, spoil, given) => {
  tf.tidy(() => {
    const inputs: Inputs = { ...heads(2, 24, 8, 1), ...sorted(2, 24, attributes, 1) };
    const spoilt = Object.fromEntries(
      Object.entries({ ...inputs, ...spoil(inputs) }).filter(([, tensor]) => tensor),
    );
    expect(() => fused(spoilt as Inputs, given)).toThrow(message);
  });
});
