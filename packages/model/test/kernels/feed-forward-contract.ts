import { gradientTolerance, type KernelContract, outputTolerance } from "@reformer-ts/internal-testkit";
import { tensor } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { modelKernelNames } from "../../src/kernels/names";
import { type Drawn, drawValues, toTensors } from "./draw-tensors";
import { feedForward } from "./oracle";

const layerCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: 40 }),
  dModel: fc.constantFrom<number>(16, 32, 80),
  dFF: fc.constantFrom<number>(16, 48, 112),
  /** Of the forward pass: `keep`; of the backward pass: `output`, and whether activated is handed over. */
  flag: fc.boolean(),
  hasActivated: fc.boolean(),
  seed: fc.nat(),
});

type LayerCase = typeof layerCase extends fc.Arbitrary<infer Case> ? Case : never;

const epsilon = 1e-5;
const example: LayerCase = {
  batch: 2,
  length: 5,
  dModel: 16,
  dFF: 32,
  flag: true,
  hasActivated: true,
  seed: 1,
};

function shapesOf({ batch, length, dModel, dFF }: LayerCase) {
  return {
    x: [[batch, length, dModel]],
    scale: [[dModel]],
    bias: [[dModel]],
    expand: [[dModel, dFF], 1 / Math.sqrt(dModel)],
    expandBias: [[dFF]],
    contract: [[dFF, dModel], 1 / Math.sqrt(dFF)],
    contractBias: [[dModel]],
  } satisfies Record<string, Drawn>;
}

function draw(testCase: LayerCase) {
  const { batch, length, dModel, seed } = testCase;
  const shapes = shapesOf(testCase);
  const layer = drawValues(shapes, seed);
  // No rounding moves a number across the corner of relu: half of them are far above, half far below.
  layer.expandBias.forEach((_, i, bias) => (bias[i] = i % 2 === 0 ? 9 : -9));
  const { dy } = drawValues({ dy: [[batch, length, dModel]] }, seed + 1);
  return { shapes, layer, dy, reference: feedForward({ ...layer, epsilon }) };
}

export const feedForwardContract: KernelContract<LayerCase> = {
  name: modelKernelNames.feedForward,
  cases: layerCase,
  example,
  call(testCase) {
    const { shapes, layer } = draw(testCase);
    return { inputs: toTensors(shapes, layer), attributes: { epsilon, keep: testCase.flag } };
  },
  expected(testCase) {
    const { y, activated } = draw(testCase).reference;
    const { batch, length, dModel, dFF, flag } = testCase;
    const rows = batch * length;
    return [
      { shape: [batch, length, dModel], values: y, tolerance: { absolute: 1e-5, relative: 1e-5 } },
      { shape: [flag ? rows : 0, dFF], values: flag ? activated : [], tolerance: outputTolerance },
    ];
  },
};

export const feedForwardGradContract: KernelContract<LayerCase> = {
  name: modelKernelNames.feedForwardGrad,
  cases: layerCase,
  example,
  hidesNaN: ["expandBias"],
  call(testCase) {
    const { batch, length, dModel, dFF, flag, hasActivated } = testCase;
    const { shapes, layer, dy, reference } = draw(testCase);
    return {
      inputs: {
        ...toTensors(shapes, layer),
        activated: hasActivated
          ? tensor(Float32Array.from(reference.activated), [batch * length, dFF])
          : undefined,
        dy: tensor(dy, [batch, length, dModel]),
      },
      attributes: { epsilon, output: flag },
    };
  },
  expected(testCase) {
    const { batch, length, dModel, dFF, flag } = testCase;
    const { dy, reference } = draw(testCase);
    const shapes = [
      [batch, length, dModel],
      [dModel],
      [dModel],
      [dModel, dFF],
      [dFF],
      [dFF, dModel],
      [dModel],
    ];
    return [
      {
        shape: flag ? [batch, length, dModel] : [0],
        values: flag ? reference.y : [],
        tolerance: outputTolerance,
      },
      ...reference.pull(dy).map((values, i) => ({ shape: shapes[i]!, values, tolerance: gradientTolerance })),
    ];
  },
};
