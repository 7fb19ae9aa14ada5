import {
  gradientTolerance,
  type KernelContract,
  outputTolerance,
  replaceInput,
} from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { fill, tensor1d } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect } from "vitest";
import { modelKernelNames } from "../../src/kernels/names";
import { type Drawn, drawValues, toTensors } from "./draw-tensors";
import { tokenHead } from "./oracle";

const headCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  length: fc.integer({ min: 1, max: 40 }),
  dModel: fc.constantFrom<number>(16, 32),
  vocabSize: fc.constantFrom<number>(1, 7, 29, 64, 101),
  seed: fc.nat(),
});

type HeadCase = typeof headCase extends fc.Arbitrary<infer Case> ? Case : never;

const epsilon = 1e-5;

function draw({ batch, length, dModel, vocabSize, seed }: HeadCase) {
  const width = 2 * dModel;
  const shapes = {
    x1: [[batch, length, dModel]],
    x2: [[batch, length, dModel]],
    scale: [[width]],
    bias: [[width]],
    weight: [[width, vocabSize], 1 / Math.sqrt(width)],
  } satisfies Record<string, Drawn>;
  const random = Random.fromSeed(seed + 1);
  const targets = Int32Array.from({ length: batch * length }, () => random.integer(vocabSize + 1) - 1);
  return { shapes, values: drawValues(shapes, seed), targets, share: 1 / Math.max(1, batch * length) };
}

export const tokenHeadContract: KernelContract<HeadCase> = {
  name: modelKernelNames.tokenHead,
  cases: headCase,
  example: { batch: 2, length: 5, dModel: 16, vocabSize: 11, seed: 1 },
  free: ["weight"],
  call(testCase) {
    const { shapes, values, targets, share } = draw(testCase);
    return {
      inputs: { ...toTensors(shapes, values), targets: tensor1d(targets, "int32") },
      attributes: { epsilon, share },
    };
  },
  expected(testCase) {
    const { batch, length, dModel, vocabSize } = testCase;
    const { values, targets, share } = draw(testCase);
    const { nats, d1, d2, dScale, dBias, dWeight } = tokenHead({ ...values, targets, epsilon }, share);
    const stream = [batch, length, dModel];
    const gradient = (shape: number[], given: Float64Array) => ({
      shape,
      values: given,
      tolerance: gradientTolerance,
    });
    return [
      { shape: [], values: [nats], tolerance: outputTolerance },
      gradient(stream, d1),
      gradient(stream, d2),
      gradient([2 * dModel], dScale),
      gradient([2 * dModel], dBias),
      gradient([2 * dModel, vocabSize], dWeight),
    ];
  },
  // Where they are not seen, they ask for nothing.
  nonsense(outputs) {
    for (const values of outputs) expect(Array.from(values).every((value) => value === 0)).toBe(true);
  },
  refusedContents: {
    "targets beyond the vocabulary": replaceInput("targets", ({ shape }) => fill(shape, 11, "int32")),
    "the highest targets": replaceInput("targets", ({ shape }) => fill(shape, 2 ** 31 - 1, "int32")),
    "targets below -1": replaceInput("targets", ({ shape }) => fill(shape, -2, "int32")),
    "the lowest targets": replaceInput("targets", ({ shape }) => fill(shape, -(2 ** 31), "int32")),
  },
};
