import { type KernelContract, outputTolerance } from "@reformer-ts/internal-testkit";
import { tensor } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { modelKernelNames } from "../../src/kernels/names";
import { drawValues } from "./draw-tensors";

const adamCase = fc.record({
  shape: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  beta1: fc.constantFrom(0, 0.9),
  beta2: fc.constantFrom(0.99, 0.999),
  epsilon: fc.constantFrom(1e-8, 1e-3),
  size: fc.constantFrom(1e-3, 0.1),
  keep: fc.constantFrom(1, 0.99),
  seed: fc.nat(),
});

type AdamCase = typeof adamCase extends fc.Arbitrary<infer Case> ? Case : never;

function draw({ shape, seed }: AdamCase) {
  const values = drawValues({ value: [shape], gradient: [shape], first: [shape], second: [shape] }, seed);
  return { ...values, second: values.second.map(Math.abs) };
}

export const adamContract: KernelContract<AdamCase> = {
  name: modelKernelNames.adam,
  cases: adamCase,
  example: { shape: [3, 5], beta1: 0.9, beta2: 0.999, epsilon: 1e-8, size: 0.1, keep: 0.99, seed: 1 },
  anyShape: true,
  call(testCase) {
    const { shape, beta1, beta2, epsilon, size, keep } = testCase;
    const inputs = Object.entries(draw(testCase)).map(([name, values]) => [name, tensor(values, shape)]);
    return { inputs: Object.fromEntries(inputs), attributes: { beta1, beta2, epsilon, size, keep } };
  },
  expected(testCase) {
    const { shape, beta1, beta2, epsilon, size, keep } = testCase;
    const { value, gradient, first, second } = draw(testCase);
    const newFirst = Float64Array.from(first, (m, i) => beta1 * m + (1 - beta1) * gradient[i]!);
    const newSecond = Float64Array.from(second, (v, i) => beta2 * v + (1 - beta2) * gradient[i]! ** 2);
    const newValue = Float64Array.from(
      value,
      (x, i) => keep * x - (size * newFirst[i]!) / (Math.sqrt(newSecond[i]!) + epsilon),
    );
    return [newValue, newFirst, newSecond].map((values) => ({ shape, values, tolerance: outputTolerance }));
  },
};
