/** Chunk attention, forward and backward, over random shapes and every attribute, against the oracle. */
import {
  gradientTolerance,
  type KernelCall,
  type KernelContract,
  outputTolerance,
  replaceAttributes,
  replaceInput,
} from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import {
  kernelNames,
  referenceAttention,
  referenceAttentionGrad,
  type ReferenceOptions,
} from "../../src/index";

const attentionCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: 70 }),
  depth: fc.constantFrom(1, 3, 4, 8, 13, 20, 64),
  /** 0: positions in order, without an order. */
  rounds: fc.constantFrom(0, 1, 2, 4),
  numBuckets: fc.constantFrom(2, 6),
  chunkLength: fc.constantFrom(1, 4, 7, 16, 24),
  extraChunks: fc.constantFrom(0, 0, 1),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  chunksAfter: fc.integer({ min: 0, max: 2 }),
  causal: fc.boolean(),
  selfMask: fc.boolean(),
  duplicateCorrection: fc.boolean(),
  acrossBuckets: fc.boolean(),
  masked: fc.boolean(),
  dropoutRate: fc.constantFrom(0, 0, 0.3),
  seed: fc.nat(),
});

type AttentionCase = typeof attentionCase extends fc.Arbitrary<infer Case> ? Case : never;

const example: AttentionCase = {
  batch: 2,
  heads: 1,
  length: 24,
  depth: 8,
  rounds: 2,
  numBuckets: 6,
  chunkLength: 4,
  extraChunks: 0,
  chunksBefore: 1,
  chunksAfter: 1,
  causal: true,
  selfMask: true,
  duplicateCorrection: true,
  acrossBuckets: false,
  masked: true,
  dropoutRate: 0.3,
  seed: 1,
};

/** Everything of a case, as plain numbers. */
function draw(testCase: AttentionCase) {
  const { batch, heads, length, depth, rounds, chunkLength, extraChunks, seed } = testCase;
  const random = Random.fromSeed(seed);
  const groups = batch * heads;
  const vectors = () => random.normals(groups * length * depth);
  const numHashes = Math.max(1, rounds);
  const integers = (size: number, end: number) =>
    Int32Array.from({ length: size }, () => random.integer(end));
  return {
    groups,
    numHashes,
    paddedLength: (Math.ceil(length / chunkLength) + extraChunks) * chunkLength,
    query: vectors(),
    key: vectors().map((x) => x / Math.sqrt(depth)),
    value: vectors(),
    dOutput: vectors(),
    buckets: rounds === 0 ? undefined : integers(groups * numHashes * length, testCase.numBuckets),
    keyMask: testCase.masked ? integers(batch * length, 4).map((x) => Math.min(x, 1)) : undefined,
  };
}

type Drawn = ReturnType<typeof draw>;

/** The stable sort, the plainest way. */
function sorted(
  { buckets, groups, numHashes, paddedLength }: Drawn,
  { length, acrossBuckets }: AttentionCase,
) {
  if (!buckets) return {};
  const slots = numHashes * paddedLength;
  const order = new Int32Array(groups * slots).fill(-1);
  const inverse = new Int32Array(groups * numHashes * length);
  const slotBuckets = new Int32Array(groups * slots).fill(-1);
  for (let row = 0; row < groups * numHashes; row++) {
    const ids = buckets.subarray(row * length, (row + 1) * length);
    const positions = Array.from(ids.keys()).toSorted((a, b) => ids[a]! - ids[b]! || a - b);
    for (const [offset, position] of positions.entries()) {
      order[row * paddedLength + offset] = position;
      slotBuckets[row * paddedLength + offset] = ids[position]! * numHashes + (row % numHashes);
      inverse[row * length + position] = (row % numHashes) * paddedLength + offset;
    }
  }
  return {
    order: tf.tensor2d(order, [groups, slots], "int32"),
    inverse: tf.tensor3d(inverse, [groups, numHashes, length], "int32"),
    slotBuckets: acrossBuckets ? undefined : tf.tensor2d(slotBuckets, [groups, slots], "int32"),
  };
}

function attributesOf(testCase: AttentionCase, { numHashes, paddedLength }: Drawn) {
  const { chunkLength, chunksBefore, chunksAfter, causal, selfMask, duplicateCorrection } = testCase;
  return {
    numHashes,
    paddedLength,
    chunkLength,
    chunksBefore,
    chunksAfter,
    causal,
    selfMask,
    duplicateCorrection,
    dropoutRate: testCase.dropoutRate,
    dropoutSeed: testCase.seed,
  };
}

function forwardCall(testCase: AttentionCase): KernelCall {
  const drawn = draw(testCase);
  const { batch, length, depth } = testCase;
  const rows = (values: Float32Array) => tf.tensor3d(values, [drawn.groups, length, depth]);
  return {
    inputs: {
      query: rows(drawn.query),
      key: rows(drawn.key),
      value: rows(drawn.value),
      ...sorted(drawn, testCase),
      keyMask: drawn.keyMask && tf.tensor2d(drawn.keyMask, [batch, length], "int32"),
    },
    attributes: attributesOf(testCase, drawn),
  };
}

function reference(testCase: AttentionCase) {
  const drawn = draw(testCase);
  const options: ReferenceOptions = {
    ...attributesOf(testCase, drawn),
    buckets: drawn.buckets,
    keyMask: drawn.keyMask,
    // Without an order there are no buckets to keep within.
    acrossBuckets: testCase.acrossBuckets || drawn.buckets === undefined,
    dropout: testCase.dropoutRate > 0 ? { rate: testCase.dropoutRate, seed: testCase.seed } : undefined,
  };
  return { drawn, options, ...referenceAttention(testCase, drawn, options) };
}

const lowest = -(2 ** 31);
const highest = 2 ** 31 - 1;
const filledWith = (value: number) => (tensor: tf.Tensor) => tf.fill(tensor.shape, value, "int32");

const notPermutations: Record<string, (call: KernelCall) => KernelCall> = {
  "an order beyond the positions": replaceInput("order", filledWith(1 << 30)),
  "an order of the highest positions": replaceInput("order", filledWith(highest)),
  "an order of negative positions": replaceInput("order", filledWith(-2)),
  "an order of the lowest positions": replaceInput("order", filledWith(lowest)),
  "an order that names a position twice": replaceInput("order", filledWith(0)),
  "an inverse of the highest slots": replaceInput("inverse", filledWith(highest)),
  "an inverse of negative slots": replaceInput("inverse", filledWith(-1)),
  "an inverse of the lowest slots": replaceInput("inverse", filledWith(lowest)),
  "an inverse that names other slots": replaceInput("inverse", (inverse) =>
    tf.sub(inverse, tf.scalar(1, "int32")),
  ),
};

const notSlots: Record<string, (call: KernelCall) => KernelCall> = {
  "an order without its inverse": replaceInput("inverse", () => undefined),
  "several rounds without an order": ({ inputs, attributes }) => ({
    inputs: { ...inputs, order: undefined, inverse: undefined, slotBuckets: undefined },
    attributes,
  }),
  "a chunkLength that does not divide paddedLength": replaceAttributes({ chunkLength: 5 }),
  "a chunkLength of 0": replaceAttributes({ chunkLength: 0 }),
  "negative chunksBefore": replaceAttributes({ chunksBefore: -1 }),
  "another number of rounds": replaceAttributes({ numHashes: 3 }),
  "rounds shorter than the sequence": replaceAttributes({ numHashes: 4, paddedLength: 12 }),
  "a window of a million chunks": replaceAttributes({ chunksBefore: 1 << 20 }),
  "a rate of dropout that keeps nothing": replaceAttributes({ dropoutRate: 1 }),
  "a rate of dropout that is none": replaceAttributes({ dropoutRate: Number.NaN }),
};

export const chunkAttentionContract: KernelContract<AttentionCase> = {
  name: kernelNames.chunkAttention,
  cases: attentionCase,
  example,
  call: forwardCall,
  expected(testCase) {
    const { drawn, output, logSumExp } = reference(testCase);
    return [
      { shape: [drawn.groups, testCase.length, testCase.depth], values: output, tolerance: outputTolerance },
      { shape: [drawn.groups, testCase.length], values: logSumExp, tolerance: outputTolerance },
    ];
  },
  refused: notSlots,
  refusedContents: notPermutations,
};

export const chunkAttentionGradContract: KernelContract<AttentionCase> = {
  name: kernelNames.chunkAttentionGrad,
  cases: attentionCase,
  example,
  call(testCase) {
    const { inputs, attributes } = forwardCall(testCase);
    const { drawn, output, logSumExp } = reference(testCase);
    const shape: [number, number, number] = [drawn.groups, testCase.length, testCase.depth];
    return {
      inputs: {
        ...inputs,
        output: tf.tensor3d(Float32Array.from(output), shape),
        logSumExp: tf.tensor2d(Float32Array.from(logSumExp), [drawn.groups, testCase.length]),
        dOutput: tf.tensor3d(drawn.dOutput, shape),
      },
      attributes,
    };
  },
  expected(testCase) {
    const { drawn, options } = reference(testCase);
    const gradients = referenceAttentionGrad(testCase, drawn, drawn.dOutput, options);
    return [gradients.dQuery, gradients.dKey, gradients.dValue].map((values) => ({
      shape: [drawn.groups, testCase.length, testCase.depth],
      values,
      tolerance: gradientTolerance,
    }));
  },
  refused: notSlots,
  refusedContents: notPermutations,
};
