import {
  gradientTolerance,
  type KernelContract,
  outputTolerance,
  replaceAttributes,
} from "@reformer-ts/internal-testkit";
import * as fc from "fast-check";
import { modelKernelNames } from "../../src/kernels/names";
import { type Drawn, drawValues, toTensors } from "./draw-tensors";
import { joinHeads, layerNorm, product, splitHeads } from "./oracle";

const headsCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: 40 }),
  heads: fc.integer({ min: 1, max: 3 }),
  depth: fc.constantFrom<number>(16, 32),
  dModel: fc.constantFrom<number>(16, 48, 80),
  hasThird: fc.boolean(),
  seed: fc.nat(),
});

type HeadsCase = typeof headsCase extends fc.Arbitrary<infer Case> ? Case : never;

const epsilon = 1e-5;
const example: HeadsCase = { batch: 2, length: 5, heads: 2, depth: 16, dModel: 32, hasThird: true, seed: 1 };

function projectionShapes({ batch, length, heads, depth, dModel, hasThird }: HeadsCase) {
  const weight: Drawn = [[dModel, heads * depth], 1 / Math.sqrt(dModel)];
  return {
    x: [[batch, length, dModel]],
    scale: [[dModel]],
    bias: [[dModel]],
    first: weight,
    second: weight,
    ...(hasThird ? { third: weight } : {}),
  } satisfies Record<string, Drawn>;
}

function gradientShapes({ batch, length, heads, depth, hasThird }: HeadsCase) {
  const projected: Drawn = [[batch, heads, length, depth]];
  return { dFirst: projected, dSecond: projected, ...(hasThird ? { dThird: projected } : {}) };
}

type Values = Record<string, Float32Array>;

const weightsOf = ({ first, second, third }: Values) => [first!, second!, ...(third ? [third] : [])];

export const headsContract: KernelContract<HeadsCase> = {
  name: modelKernelNames.heads,
  cases: headsCase,
  example,
  call(testCase) {
    const shapes = projectionShapes(testCase);
    return {
      inputs: toTensors<string>(shapes, drawValues<string>(shapes, testCase.seed)),
      attributes: { heads: testCase.heads, epsilon },
    };
  },
  expected(testCase) {
    const { batch, length, heads, depth, dModel, hasThird } = testCase;
    const values: Values = drawValues<string>(projectionShapes(testCase), testCase.seed);
    const { y } = layerNorm(values["x"]!, { scale: values["scale"]!, bias: values["bias"]!, epsilon });
    const projected = weightsOf(values).map((weight) => ({
      shape: [batch, heads, length, depth],
      values: splitHeads(product(y, weight, [batch * length, dModel, heads * depth]), testCase),
      tolerance: outputTolerance,
    }));
    return hasThird ? projected : [...projected, { shape: [0], values: [] }];
  },
  refused: {
    "heads that do not divide the weights": replaceAttributes({ heads: 3 }),
    "no heads": replaceAttributes({ heads: 0 }),
  },
};

export const headsGradContract: KernelContract<HeadsCase> = {
  name: modelKernelNames.headsGrad,
  cases: headsCase,
  example,
  call(testCase) {
    const shapes = { ...projectionShapes(testCase), ...gradientShapes(testCase) };
    return {
      inputs: toTensors<string>(shapes, drawValues<string>(shapes, testCase.seed)),
      attributes: { heads: testCase.heads, epsilon },
    };
  },
  expected(testCase) {
    const { batch, length, heads, depth, dModel, hasThird } = testCase;
    const shapes = { ...projectionShapes(testCase), ...gradientShapes(testCase) };
    const values: Values = drawValues<string>(shapes, testCase.seed);
    const [rows, inner] = [batch * length, heads * depth];
    const norm = layerNorm(values["x"]!, { scale: values["scale"]!, bias: values["bias"]!, epsilon });
    const gradients = ["dFirst", "dSecond", ...(hasThird ? ["dThird"] : [])].map((name) =>
      joinHeads(values[name]!, testCase),
    );
    const dInput = new Float64Array(rows * dModel);
    const dWeights = weightsOf(values).map((weight, i) => {
      product(gradients[i]!, weight, [rows, inner, dModel], { right: true }).forEach(
        (value, at) => (dInput[at]! += value),
      );
      return product(norm.y, gradients[i]!, [dModel, rows, inner], { left: true });
    });
    const { dx, dScale, dBias } = norm.pull(dInput);
    const expected = [
      { shape: [batch, length, dModel], values: dx, tolerance: gradientTolerance },
      { shape: [dModel], values: dScale, tolerance: gradientTolerance },
      { shape: [dModel], values: dBias, tolerance: gradientTolerance },
      ...dWeights.map((dWeight) => ({
        shape: [dModel, inner],
        values: dWeight,
        tolerance: gradientTolerance,
      })),
    ];
    return hasThird ? expected : [...expected, { shape: [0], values: [] }];
  },
};

function mergeShapes({ batch, length, heads, depth, dModel }: HeadsCase) {
  return {
    heads: [[batch, heads, length, depth]],
    weight: [[heads * depth, dModel], 1 / Math.sqrt(heads * depth)],
  } satisfies Record<string, Drawn>;
}

export const mergeHeadsContract: KernelContract<HeadsCase> = {
  name: modelKernelNames.mergeHeads,
  cases: headsCase,
  example,
  call(testCase) {
    const shapes = mergeShapes(testCase);
    return { inputs: toTensors(shapes, drawValues(shapes, testCase.seed)), attributes: {} };
  },
  expected(testCase) {
    const { batch, length, heads, depth, dModel } = testCase;
    const values = drawValues(mergeShapes(testCase), testCase.seed);
    const joined = joinHeads(values.heads, testCase);
    return [
      {
        shape: [batch, length, dModel],
        values: product(joined, values.weight, [batch * length, heads * depth, dModel]),
        tolerance: outputTolerance,
      },
    ];
  },
};

export const mergeHeadsGradContract: KernelContract<HeadsCase> = {
  name: modelKernelNames.mergeHeadsGrad,
  cases: headsCase,
  example,
  call(testCase) {
    const { batch, length, dModel, seed } = testCase;
    const shapes = { ...mergeShapes(testCase), dy: [[batch, length, dModel]] satisfies Drawn };
    return { inputs: toTensors(shapes, drawValues(shapes, seed)), attributes: {} };
  },
  expected(testCase) {
    const { batch, length, heads, depth, dModel, seed } = testCase;
    const values = drawValues(
      { ...mergeShapes(testCase), dy: [[batch, length, dModel]] satisfies Drawn },
      seed,
    );
    const [rows, inner] = [batch * length, heads * depth];
    const dJoined = product(values.dy, values.weight, [rows, dModel, inner], { right: true });
    return [
      {
        shape: [batch, heads, length, depth],
        values: splitHeads(dJoined, testCase),
        tolerance: gradientTolerance,
      },
      {
        shape: [inner, dModel],
        values: product(joinHeads(values.heads, testCase), values.dy, [inner, rows, dModel], { left: true }),
        tolerance: gradientTolerance,
      },
    ];
  },
};
