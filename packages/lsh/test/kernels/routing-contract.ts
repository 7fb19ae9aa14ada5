/** What comes before attention: keys from shared queries, the hash, the sort. Each against the oracle. */
import {
  gradientTolerance,
  type KernelContract,
  outputTolerance,
  replaceAttributes,
  replaceInput,
} from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect } from "vitest";
import { mostAlignedSlots } from "../../src/align-to-buckets";
import { kernelNames, referenceHash, referenceKeys } from "../../src/index";

const vectorsCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 60 }),
  depth: fc.integer({ min: 1, max: 20 }),
  numHashes: fc.integer({ min: 1, max: 4 }),
  factors: fc.constantFrom<number[]>([2], [4], [10], [64], [2, 4], [6, 2, 4]),
  seed: fc.nat(),
});

type VectorsCase = typeof vectorsCase extends fc.Arbitrary<infer Case> ? Case : never;

const example: VectorsCase = {
  batch: 2,
  heads: 2,
  length: 9,
  depth: 6,
  numHashes: 2,
  factors: [4, 6],
  seed: 1,
};

/**
 * Small integers: their sums are exact in any order, so that the nearest direction is the same everywhere, and
 * directions that are equally near are common. Then the first of `[xR ; -xR]` counts.
 */
function integers(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.integer(9) - 4);
}

export const hashContract: KernelContract<VectorsCase> = {
  name: kernelNames.hash,
  cases: vectorsCase,
  example,
  hidesNaN: ["vectors", "rotations"],
  call({ batch, heads, length, depth, numHashes, factors, seed }) {
    const random = Random.fromSeed(seed);
    const size = factors.reduce((sum, factor) => sum + factor / 2, 0);
    return {
      inputs: {
        vectors: tf.tensor4d(integers(random, batch * heads * length * depth), [batch, heads, length, depth]),
        rotations: tf.tensor4d(integers(random, heads * depth * numHashes * size), [
          heads,
          depth,
          numHashes,
          size,
        ]),
      },
      attributes: { factors },
    };
  },
  expected(testCase) {
    const { batch, heads, length, depth, numHashes, factors, seed } = testCase;
    const random = Random.fromSeed(seed);
    const size = factors.reduce((sum, factor) => sum + factor / 2, 0);
    const vectors = integers(random, batch * heads * length * depth);
    const rotations = integers(random, heads * depth * numHashes * size);
    return [
      {
        shape: [batch, heads, numHashes, length],
        values: referenceHash(testCase, vectors, rotations, { numHashes, factors }),
      },
    ];
  },
  refused: {
    "an odd factor": replaceAttributes({ factors: [5, 5] }),
    "no factor": replaceAttributes({ factors: [] }),
    "factors that do not fill the rotations": replaceAttributes({ factors: [4] }),
    "rotations for other heads": replaceInput("rotations", ({ shape }) => tf.zeros([1, ...shape.slice(1)])),
  },
};

const bucketsCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 2 }),
  numHashes: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 300 }),
  numBuckets: fc.constantFrom<number>(1, 2, 17, 1000, 70000),
  extra: fc.constantFrom<number>(0, 0, 1, 13),
  /** Whether the kernel is told how many buckets there are. */
  isTold: fc.boolean(),
  seed: fc.nat(),
});

type BucketsCase = typeof bucketsCase extends fc.Arbitrary<infer Case> ? Case : never;

function drawBuckets({ batch, heads, numHashes, length, numBuckets, seed }: BucketsCase): Int32Array {
  const random = Random.fromSeed(seed);
  return Int32Array.from({ length: batch * heads * numHashes * length }, () => random.integer(numBuckets));
}

const filledWith = (id: number) => replaceInput("buckets", ({ shape }) => tf.fill(shape, id, "int32"));

/** What a device sorts all the same. */
const notBuckets = {
  "negative buckets": filledWith(-1),
  "the lowest buckets": filledWith(-(2 ** 31)),
  "buckets beyond those that there are": filledWith(5),
  "buckets beyond any count": filledWith(1 << 30),
  "the highest buckets": filledWith(2 ** 31 - 1),
  "buckets of all kinds": replaceInput("buckets", ({ shape, size }) => {
    // None but those that float32 has as well, in which devices copy them for the suite.
    const ids = Int32Array.from({ length: size }, (_, i) => Math.imul(i + 1, 0x9e3779b1) & ~0xff);
    return tf.tensor(ids, shape, "int32");
  }),
};

export const sortContract: KernelContract<BucketsCase> = {
  name: kernelNames.bucketSort,
  cases: bucketsCase,
  example: { batch: 1, heads: 2, numHashes: 2, length: 20, numBuckets: 5, extra: 4, isTold: true, seed: 1 },
  free: ["buckets"],
  call(testCase) {
    const { batch, heads, numHashes, length, numBuckets, extra, isTold } = testCase;
    return {
      inputs: { buckets: tf.tensor4d(drawBuckets(testCase), [batch, heads, numHashes, length], "int32") },
      attributes: { paddedLength: length + extra, ...(isTold ? { numBuckets } : {}) },
    };
  },
  expected(testCase) {
    const { batch, heads, numHashes, length, extra } = testCase;
    const ids = drawBuckets(testCase);
    const [groups, paddedLength] = [batch * heads, length + extra];
    const order = new Int32Array(groups * numHashes * paddedLength).fill(-1);
    const inverse = new Int32Array(ids.length);
    for (let row = 0; row < groups * numHashes; row++) {
      const own = ids.subarray(row * length, (row + 1) * length);
      const positions = Array.from(own.keys()).toSorted((a, b) => own[a]! - own[b]! || a - b);
      for (const [offset, position] of positions.entries()) {
        order[row * paddedLength + offset] = position;
        inverse[row * length + position] = (row % numHashes) * paddedLength + offset;
      }
    }
    return [
      { shape: [groups, numHashes * paddedLength], values: order },
      { shape: [groups, numHashes, length], values: inverse },
    ];
  },
  refused: {
    "a paddedLength below the length": replaceAttributes({ paddedLength: 19 }),
    "no buckets": replaceAttributes({ numBuckets: 0 }),
    "a negative number of buckets": replaceAttributes({ numBuckets: -5 }),
    "a number of buckets that is none": replaceAttributes({ numBuckets: Number.NaN }),
    "endless buckets": replaceAttributes({ numBuckets: Infinity }),
  },
  refusedContents: notBuckets,
  // Whatever the ids, every position has a slot of its own.
  nonsense([order, inverse], { inputs }) {
    const [, , numHashes = 1, length = 1] = inputs["buckets"]!.shape;
    const paddedLength = order!.length / (inverse!.length / length);
    for (let row = 0; row < inverse!.length / length; row++) {
      const slots = Array.from({ length }, (_, position) => inverse![row * length + position]!);
      const first = (row % numHashes) * paddedLength;
      const found = slots.map((slot) => order![row * paddedLength + slot - first]);
      expect(found).toEqual([...slots.keys()]);
      const filled = Array.from({ length: paddedLength }, (_, slot) => order![row * paddedLength + slot]!);
      expect(filled.filter((position) => position !== -1)).toHaveLength(length);
    }
  },
};

const alignedCase = bucketsCase.chain((drawn) =>
  fc.record({
    sizes: fc.constant(drawn),
    chunkLength: fc.constantFrom<number>(1, 4, 7, 64),
    chunksBefore: fc.integer({ min: 0, max: 2 }),
  }),
);

type AlignedCase = typeof alignedCase extends fc.Arbitrary<infer Case> ? Case : never;

const alignedLength = ({ sizes: { length, numBuckets }, chunkLength, chunksBefore }: AlignedCase) =>
  mostAlignedSlots(length, { chunkLength, numBuckets }) + chunksBefore * chunkLength;

export const alignContract: KernelContract<AlignedCase> = {
  name: kernelNames.alignToBuckets,
  cases: alignedCase,
  example: { sizes: sortContract.example, chunkLength: 4, chunksBefore: 1 },
  free: ["buckets"],
  call(testCase) {
    const { sizes, chunkLength } = testCase;
    const { inputs } = sortContract.call(sizes);
    return {
      inputs,
      attributes: { chunkLength, paddedLength: alignedLength(testCase), numBuckets: sizes.numBuckets },
    };
  },
  expected(testCase) {
    const { batch, heads, numHashes, length } = testCase.sizes;
    const ids = drawBuckets(testCase.sizes);
    const [groups, paddedLength] = [batch * heads, alignedLength(testCase)];
    const order = new Int32Array(groups * numHashes * paddedLength).fill(-1);
    const slotBuckets = order.slice();
    const inverse = new Int32Array(ids.length);
    for (let row = 0; row < groups * numHashes; row++) {
      const own = ids.subarray(row * length, (row + 1) * length);
      let slot = 0;
      let before = -1;
      for (const position of Array.from(own.keys()).toSorted((a, b) => own[a]! - own[b]! || a - b)) {
        if (own[position]! !== before) slot = Math.ceil(slot / testCase.chunkLength) * testCase.chunkLength;
        before = own[position]!;
        order[row * paddedLength + slot] = position;
        slotBuckets[row * paddedLength + slot] = before * numHashes + (row % numHashes);
        inverse[row * length + position] = (row % numHashes) * paddedLength + slot++;
      }
    }
    return [
      { shape: [groups, numHashes * paddedLength], values: order },
      { shape: [groups, numHashes, length], values: inverse },
      { shape: [groups, numHashes * paddedLength], values: slotBuckets },
    ];
  },
  refused: {
    "fewer slots than buckets may need": replaceAttributes({ paddedLength: 20 }),
    "no chunks": replaceAttributes({ chunkLength: 0 }),
    "no buckets": replaceAttributes({ numBuckets: 0 }),
  },
  refusedContents: notBuckets,
  // A slot holds a position of its own, or none.
  nonsense([order], { inputs }) {
    const [, , , length = 1] = inputs["buckets"]!.shape;
    for (const position of Array.from(order!)) expect(position >= -1 && position < length).toBe(true);
  },
};

const keysCase = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  depth: fc.integer({ min: 1, max: 70 }),
  seed: fc.nat(),
});

type KeysCase = typeof keysCase extends fc.Arbitrary<infer Case> ? Case : never;

const keysExample: KeysCase = { rows: 6, depth: 10, seed: 1 };

export const normalizeKeysContract: KernelContract<KeysCase> = {
  name: kernelNames.normalizeKeys,
  cases: keysCase,
  example: keysExample,
  free: ["query"],
  anyShape: true,
  call: ({ rows, depth, seed }) => ({
    inputs: { query: tf.tensor2d(Random.fromSeed(seed).normals(rows * depth), [rows, depth]) },
    attributes: {},
  }),
  expected: ({ rows, depth, seed }) => [
    {
      shape: [rows, depth],
      values: referenceKeys(depth, Random.fromSeed(seed).normals(rows * depth)).key,
      tolerance: outputTolerance,
    },
  ],
};

function drawKeys({ rows, depth, seed }: KeysCase) {
  const random = Random.fromSeed(seed);
  const [query, dKey, dQuery] = [1, 2, 3].map(() => random.normals(rows * depth)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { query, dKey, dQuery };
}

export const normalizeKeysGradContract: KernelContract<KeysCase> = {
  name: kernelNames.normalizeKeysGrad,
  // A single number's direction does not change: its gradient is nothing but the rounding of what cancels.
  cases: keysCase.filter(({ depth }) => depth > 1),
  example: keysExample,
  call: (testCase) => ({
    inputs: Object.fromEntries(
      Object.entries(drawKeys(testCase)).map(([name, values]) => [
        name,
        tf.tensor2d(values, [testCase.rows, testCase.depth]),
      ]),
    ),
    attributes: {},
  }),
  expected(testCase) {
    const { query, dKey, dQuery } = drawKeys(testCase);
    const throughKey = referenceKeys(testCase.depth, query).grad(dKey);
    return [
      {
        shape: [testCase.rows, testCase.depth],
        values: throughKey.map((gradient, i) => gradient + dQuery[i]!),
        tolerance: gradientTolerance,
      },
    ];
  },
};
