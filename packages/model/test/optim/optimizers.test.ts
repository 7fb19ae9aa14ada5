/** Optimizers against torch and Trax (tools/golden/optimizers.py), and against themselves where they are resumed. */
import { readFileSync } from "node:fs";
import { tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { adafactor, adam, adamW, createParameters, type Optimizer, type Parameters } from "../../src/index";

type Numbers = Record<string, number[]>;
interface Case {
  reference: string;
  options: Record<string, number>;
  shapes: Record<string, number[]>;
  start: Numbers;
  rates: number[];
  gradients: Numbers[];
  weights: Numbers[];
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")) as Case;
const makers: Record<string, (parameters: Parameters, options: object) => Optimizer> = {
  adam,
  adamw: adamW,
  adafactor,
};

function tensorsOf(values: Numbers, shapes: Case["shapes"]) {
  return Object.fromEntries(
    Object.entries(values).map(([name, numbers]) => [name, tensor(numbers, shapes[name])]),
  );
}

function step(optimizer: Optimizer, { gradients, rates, shapes }: Case, i: number) {
  optimizer.beginStep(rates[i]!);
  for (const [name, gradient] of Object.entries(tensorsOf(gradients[i]!, shapes)))
    optimizer.update(name, gradient);
}

describe.each(["adamw", "adafactor"])("%s", (name) => {
  const given = read(name);

  it("moves weights where its reference does, ten times", () => {
    const parameters = createParameters(tensorsOf(given.start, given.shapes));
    const optimizer = makers[name]!(parameters, given.options);
    for (const [i, expected] of given.weights.entries()) {
      step(optimizer, given, i);
      for (const [key, numbers] of Object.entries(expected)) {
        const ours = parameters.get(key).dataSync();
        numbers.forEach((number, at) =>
          expect(Math.abs(ours[at]! - number), `${key}[${at}], step ${i + 1}`).toBeLessThan(
            2e-6 * (1 + Math.abs(number)),
          ),
        );
      }
    }
    optimizer.dispose();
    parameters.dispose();
  });
});

describe.each(Object.keys(makers))("%s, resumed", (name) => {
  it("goes on as if it had never stopped, bit for bit", () => {
    const given = read("adamw");
    const run = (resumeAt: number | null) => {
      const parameters = createParameters(tensorsOf(given.start, given.shapes));
      let optimizer = makers[name]!(parameters, name === "adafactor" ? { beta1: 0.5 } : {});
      for (let i = 0; i < given.rates.length; i++) {
        if (i === resumeAt) {
          const { moments } = optimizer;
          const saved = moments.names().map((key) => [key, moments.get(key).clone()] as const);
          const at = optimizer.step;
          optimizer.dispose();
          optimizer = makers[name]!(parameters, name === "adafactor" ? { beta1: 0.5 } : {});
          optimizer.restore(at, Object.fromEntries(saved));
        }
        step(optimizer, given, i);
      }
      const weights = parameters.names().map((key) => [...parameters.get(key).dataSync()]);
      optimizer.dispose();
      parameters.dispose();
      return weights;
    };
    expect(run(4)).toEqual(run(null));
  });
});

it("keeps rows and columns of a matrix instead of all its numbers", () => {
  const parameters = createParameters({ a: tensor(new Float32Array(600), [20, 30]) });
  const optimizer = adafactor(parameters);
  const sizes = optimizer.moments.names().map((name) => optimizer.moments.get(name).size);
  expect(sizes.reduce((a, b) => a + b)).toBe(50);
  optimizer.dispose();
  parameters.dispose();
});

it("lets norms and biases be, where weights decay", () => {
  const names = [
    "layers.0.attention.norm.scale",
    "layers.0.feedForward.expand.bias",
    "head.bias",
    "layers.0.attention.queryBias",
  ];
  const zero = () => tensor([0, 0]);
  const parameters = createParameters(
    Object.fromEntries([...names, "head.weight"].map((name) => [name, tensor([1, 2])])),
  );
  const optimizer = adamW(parameters, { weightDecay: 0.5 });
  optimizer.beginStep(0.1);
  for (const name of parameters.names()) optimizer.update(name, zero());
  for (const name of names) expect([...parameters.get(name).dataSync()]).toEqual([1, 2]);
  expect(parameters.get("head.weight").dataSync()[0]).toBeCloseTo(0.95, 6);
  optimizer.dispose();
  parameters.dispose();
});
