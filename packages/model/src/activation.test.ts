import { tensor1d } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { activationFunctions } from "./activation";

const points = [-3, -1.2, -0.4, 0.3, 0.9, 2.5];
const h = 1e-2;

it.each(Object.entries(activationFunctions))(
  "%s: slope is the derivative of value",
  (_name, { value, slope }) => {
    const at = (shift: number) => value(tensor1d(points.map((x) => x + shift))).dataSync();
    const [before, after] = [at(-h), at(h)];
    const slopes = slope(tensor1d(points)).dataSync();
    points.forEach((_, i) => expect(slopes[i]).toBeCloseTo((after[i]! - before[i]!) / (2 * h), 3));
  },
);

it.each([
  ["relu", [0, 0, 0, 0.3, 0.9, 2.5]],
  ["gelu", [-0.0040496941, -0.1380837, -0.1378313, 0.1853734, 0.7343461, 2.4844758]],
  ["gelu_new", [-0.0036374, -0.1382972, -0.1378388, 0.1853709, 0.7342285, 2.4849157]],
  ["silu", [-0.1422776, -0.2777703, -0.1605249, 0.1723328, 0.6398546, 2.3103545]],
] as const)("%s has the values of its formula", (name, expected) => {
  const values = activationFunctions[name].value(tensor1d(points)).dataSync();
  expected.forEach((y, i) => expect(values[i]).toBeCloseTo(y, 5));
});
