/** An attention layer of one head from stream to stream, in plain loops: norm, projections, attention, output. */
import {
  gradientTolerance,
  type KernelCall,
  type KernelContract,
  outputTolerance,
  replaceAttributes,
  replaceInput,
} from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { referenceLocalAttention, referenceLshAttention } from "@reformer-ts/lsh";
import { fill, sub, tensor, type Tensor } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { modelKernelNames } from "../../src/kernels/names";
import { type Drawn, drawValues, toTensors } from "./draw-tensors";
import { layerNorm, product } from "./oracle";

const layerCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: 70 }),
  dModel: fc.constantFrom<number>(16, 48),
  depth: fc.constantFrom<number>(16, 32),
  /** 0: positions in order. */
  numBuckets: fc.constantFrom<number>(0, 0, 1, 3, 6),
  isShared: fc.boolean(),
  acrossBuckets: fc.boolean(),
  chunkLength: fc.constantFrom<number>(1, 4, 7, 16, 24),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  chunksAfter: fc.integer({ min: 0, max: 2 }),
  causal: fc.boolean(),
  duplicateCorrection: fc.boolean(),
  seed: fc.nat(),
});

type LayerCase = typeof layerCase extends fc.Arbitrary<infer Case> ? Case : never;

const example: LayerCase = {
  batch: 2,
  length: 22,
  dModel: 32,
  depth: 16,
  numBuckets: 3,
  isShared: false,
  acrossBuckets: false,
  chunkLength: 4,
  chunksBefore: 1,
  chunksAfter: 1,
  causal: true,
  duplicateCorrection: true,
  seed: 1,
};

const epsilon = 1e-5;
type Values = Record<string, Float32Array>;

function draw(testCase: LayerCase) {
  const { batch, length, dModel, depth, isShared, numBuckets, seed } = testCase;
  const stream: Drawn = [[batch, length, dModel]];
  const weight: Drawn = [[dModel, depth], 1 / Math.sqrt(dModel)];
  const shapes: Record<string, Drawn> = {
    x: stream,
    scale: [[dModel]],
    bias: [[dModel]],
    first: weight,
    second: weight,
    ...(isShared ? {} : { third: weight }),
    output: [[depth, dModel], 1 / Math.sqrt(depth)],
    stream,
  };
  const random = Random.fromSeed(seed + 1);
  const buckets = Int32Array.from({ length: batch * length }, () => random.integer(Math.max(1, numBuckets)));
  const values: Values = drawValues(shapes, seed);
  return { shapes, values, buckets: numBuckets === 0 ? undefined : buckets };
}

function attributesOf({ length, chunkLength, isShared, ...rest }: LayerCase) {
  const { chunksBefore, chunksAfter, causal, duplicateCorrection } = rest;
  const paddedLength = Math.ceil(length / chunkLength) * chunkLength;
  const window = { paddedLength, chunkLength, chunksBefore, chunksAfter, causal, duplicateCorrection };
  return { ...window, numHashes: 1, selfMask: isShared, dropoutRate: 0, dropoutSeed: 0, epsilon };
}

/** The stable sort, the plainest way. */
function sorted({ batch, length, acrossBuckets, ...testCase }: LayerCase, buckets: Int32Array | undefined) {
  if (!buckets) return {};
  const { paddedLength } = attributesOf({ batch, length, acrossBuckets, ...testCase });
  const [order, slotBuckets] = [1, 2].map(() => new Int32Array(batch * paddedLength).fill(-1));
  const inverse = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    const ids = buckets.subarray(row * length, (row + 1) * length);
    const positions = [...ids.keys()].toSorted((a, b) => ids[a]! - ids[b]! || a - b);
    for (const [slot, position] of positions.entries()) {
      order![row * paddedLength + slot] = position;
      slotBuckets![row * paddedLength + slot] = ids[position]!;
      inverse[row * length + position] = slot;
    }
  }
  return {
    order: tensor(order!, [batch, paddedLength], "int32"),
    inverse: tensor(inverse, [batch, 1, length], "int32"),
    ...(acrossBuckets ? {} : { slotBuckets: tensor(slotBuckets!, [batch, paddedLength], "int32") }),
  };
}

function reference(testCase: LayerCase) {
  const { batch, length, dModel, depth, isShared, acrossBuckets } = testCase;
  const { values, buckets } = draw(testCase);
  const rows = batch * length;
  const norm = layerNorm(values["x"]!, { scale: values["scale"]!, bias: values["bias"]!, epsilon });
  const weights = ["first", "second", "third"].flatMap((name) => values[name] ?? []);
  const [first, second, third] = weights.map((weight) => product(norm.y, weight, [rows, dModel, depth]));
  const sizes = { batch, heads: 1, length, depth };
  const slots = { ...attributesOf(testCase), buckets, acrossBuckets: acrossBuckets || buckets === undefined };
  const attended = isShared
    ? referenceLshAttention(sizes, { queryKey: first!, value: second! }, slots)
    : referenceLocalAttention(sizes, { query: first!, key: second!, value: third! }, slots);
  return {
    y: product(attended.output, values["output"]!, [rows, depth, dModel]),
    /** Gradients of x, scale, bias, output, and of every weight. */
    pull(dy: ArrayLike<number>) {
      const pulled = attended.grad(product(dy, values["output"]!, [rows, dModel, depth], { right: true }));
      const dProjections = Object.values(pulled) as Float64Array[];
      const dInput = new Float64Array(rows * dModel);
      dProjections.forEach((gradient, i) => {
        const through = product(gradient, weights[i]!, [rows, depth, dModel], { right: true });
        through.forEach((value, at) => (dInput[at]! += value));
      });
      const { dx, dScale, dBias } = norm.pull(dInput);
      const dOutput = product(attended.output, dy, [depth, rows, dModel], { left: true });
      const ofWeight = (gradient: Float64Array) =>
        product(norm.y, gradient, [dModel, rows, depth], { left: true });
      return { dx, dScale, dBias, dOutput, dWeights: dProjections.map(ofWeight) };
    },
  };
}

const filledWith = (value: number) => (given: Tensor) => fill(given.shape, value, "int32");

const refused: Record<string, (call: KernelCall) => KernelCall> = {
  "several rounds": replaceAttributes({ numHashes: 2 }),
  "rounds beyond 32 bits": replaceAttributes({ numHashes: 2 ** 32 + 1 }),
  dropout: replaceAttributes({ dropoutRate: 0.5 }),
  "half a chunk": replaceAttributes({ chunkLength: 4.5 }),
  "a chunkLength that does not divide paddedLength": replaceAttributes({ chunkLength: 5 }),
  "negative chunksBefore": replaceAttributes({ chunksBefore: -1 }),
  "a window of a million chunks": replaceAttributes({ chunksAfter: 1 << 20 }),
  "rounds shorter than the sequence": replaceAttributes({ paddedLength: 20 }),
  "an order without its inverse": replaceInput("inverse", () => undefined),
};

const refusedContents: Record<string, (call: KernelCall) => KernelCall> = {
  "an order beyond the positions": replaceInput("order", filledWith(22)),
  "an order of the highest positions": replaceInput("order", filledWith(2 ** 31 - 1)),
  "an order of negative positions": replaceInput("order", filledWith(-2)),
  "an order of the lowest positions": replaceInput("order", filledWith(-(2 ** 31))),
  "an order that names a position twice": replaceInput("order", filledWith(0)),
  "an inverse that names other slots": replaceInput("inverse", (inverse) =>
    sub(inverse, fill([], 1, "int32")),
  ),
  "an inverse of the highest slots": replaceInput("inverse", filledWith(2 ** 31 - 1)),
  "an inverse of the lowest slots": replaceInput("inverse", filledWith(-(2 ** 31))),
};

export const addAttentionContract: KernelContract<LayerCase> = {
  name: modelKernelNames.addAttention,
  cases: layerCase,
  example,
  takes: ["stream"],
  call(testCase) {
    const { shapes, values, buckets } = draw(testCase);
    const inputs = { ...toTensors(shapes, values), ...sorted(testCase, buckets) };
    return { inputs, attributes: attributesOf(testCase) };
  },
  expected(testCase) {
    const { batch, length, dModel } = testCase;
    const { y } = reference(testCase);
    const values = Float64Array.from(draw(testCase).values["stream"]!, (value, i) => value + y[i]!);
    return [{ shape: [batch, length, dModel], values, tolerance: outputTolerance }];
  },
  refused,
  refusedContents,
};

const drawGradients = ({ batch, length, dModel, seed }: LayerCase) =>
  drawValues({ dy: [[batch, length, dModel]], gradient: [[batch, length, dModel]] }, seed + 2);

export const undoAttentionContract: KernelContract<LayerCase> = {
  ...addAttentionContract,
  name: modelKernelNames.undoAttention,
  takes: ["stream", "gradient"],
  call(testCase) {
    const { inputs, attributes } = addAttentionContract.call(testCase);
    const { batch, length, dModel } = testCase;
    const more = Object.entries(drawGradients(testCase)).map(([name, values]) => [
      name,
      tensor(values, [batch, length, dModel]),
    ]);
    return { inputs: { ...inputs, ...Object.fromEntries(more) }, attributes };
  },
  expected(testCase) {
    const { batch, length, dModel, depth, isShared } = testCase;
    const { dy, gradient } = drawGradients(testCase);
    const { y, pull } = reference(testCase);
    const { dx, dScale, dBias, dOutput, dWeights } = pull(dy);
    const stream = [batch, length, dModel];
    const made = (shape: number[], values: Float64Array) => ({ shape, values, tolerance: gradientTolerance });
    return [
      made(
        stream,
        Float64Array.from(draw(testCase).values["stream"]!, (value, i) => value - y[i]!),
      ),
      made(
        stream,
        Float64Array.from(gradient, (value, i) => value + dx[i]!),
      ),
      made([dModel], dScale),
      made([dModel], dBias),
      made([depth, dModel], dOutput),
      ...dWeights.map((values) => made([dModel, depth], values)),
      ...(isShared ? [{ shape: [0], values: [] }] : []),
    ];
  },
};
