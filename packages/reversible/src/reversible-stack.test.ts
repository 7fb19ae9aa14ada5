import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isInputError } from "@reformer-ts/internal-checks";
import { numericGradient } from "@reformer-ts/internal-testkit";
import {
  denseBlocks,
  denseResidual,
  disposeBlocks,
  largestError,
  leaked,
  normal,
  peakBytes,
  repeat,
} from "../test/residuals";
import { autogradResidual } from "./autograd-residual";
import { irreversibleStack } from "./irreversible";
import { parametersOf } from "./parameters";
import { reversibleStack, type StackFunction } from "./reversible-stack";

/** A loss that weighs all numbers of both streams differently. */
function weighed([y1, y2]: [tf.Tensor, tf.Tensor]): tf.Scalar {
  const [w1, w2] = [normal(y1.shape, 3, "1"), normal(y2.shape, 3, "2")];
  return tf.sum(tf.add(tf.mul(tf.square(y1), w1), tf.mul(y2, w2)));
}

/** Loss and gradients with respect to both streams and all `parameters`. */
function gradientsOf(
  stack: StackFunction,
  shape: number[],
  parameters: tf.Tensor[],
  options: Parameters<StackFunction>[2],
) {
  const inputs = [normal(shape, 1, "x1"), normal(shape, 1, "x2"), ...parameters];
  return tf.valueAndGrads((x1, x2) => weighed(stack(x1!, x2!, options)))(inputs);
}

test("gradients are those of plain autograd, over depths, widths, kept layers and dropout", () => {
  fc.assert(
    fc.property(
      fc.record({
        depth: fc.integer({ min: 1, max: 8 }),
        width: fc.integer({ min: 1, max: 10 }),
        batch: fc.integer({ min: 1, max: 4 }),
        keepLayers: fc.integer({ min: 0, max: 9 }),
        rate: fc.constantFrom(0, 0.25),
        seed: fc.integer(),
      }),
      ({ depth, width, batch, keepLayers, rate, seed }) => {
        const blocks = denseBlocks(depth, width, { rate });
        const parameters = parametersOf(blocks);
        const left = leaked(() =>
          tf.tidy(() => {
            const list = Object.values(parameters);
            const expected = gradientsOf(irreversibleStack(blocks), [batch, width], list, { seed });
            const actual = gradientsOf(reversibleStack(blocks, parameters), [batch, width], list, {
              seed,
              keepLayers,
            });
            expect(largestError(actual.value, expected.value)).toBeLessThan(1e-5);
            actual.grads.forEach((gradient, i) =>
              expect(largestError(gradient, expected.grads[i]!)).toBeLessThan(1e-4),
            );
          }),
        );
        expect(left).toBe(0);
        disposeBlocks(blocks);
      },
    ),
  );
});

test("gradients are those of central differences", () => {
  const blocks = denseBlocks(2, 3);
  const stack = reversibleStack(blocks, parametersOf(blocks));
  const loss = (x: tf.Tensor) => weighed(stack(x, tf.neg(x)));
  const point = Float64Array.of(0.3, -0.7, 0.2, 1.1, -0.4, 0.9);
  const lossAt = (at: Float64Array) => tf.tidy(() => loss(tf.tensor2d([...at], [2, 3])).dataSync()[0]!);
  const gradient = tf.tidy(() =>
    tf
      .grad(loss)(tf.tensor2d([...point], [2, 3]))
      .dataSync(),
  );
  // 32-bit losses near 1 allow no better than 1e-7 / step.
  expect(gradient).toBeAllClose(numericGradient(lossAt, point, 1e-2), { absolute: 2e-3, relative: 2e-3 });
  disposeBlocks(blocks);
});

test("a parameter that several layers share gets the sum, one that none uses gets zeros", () => {
  const shared = denseResidual("shared", 4);
  const blocks = [1, 2, 3].map(() => ({ f: shared, g: shared }));
  tf.tidy(() => {
    const parameters = { ...shared.parameters, idle: tf.ones([2, 2]) };
    const list = Object.values(shared.parameters);
    const expected = gradientsOf(irreversibleStack(blocks), [2, 4], list, {});
    const stack = reversibleStack(blocks, parameters);
    const actual = gradientsOf(stack, [2, 4], [...list, parameters.idle], {});
    expected.grads.forEach((gradient, i) =>
      expect(largestError(actual.grads[i]!, gradient)).toBeLessThan(1e-5),
    );
    expect([...actual.grads.at(-1)!.dataSync()]).toEqual([0, 0, 0, 0]);
  });
  disposeBlocks(blocks);
});

/** Two layers around variables, after a projection outside the stack that needs its gradient through the streams. */
function smallModel() {
  const variables = {
    into: tf.variable(normal([3, 6], 7, "into")),
    f: tf.variable(tf.mul(normal([6, 6], 7, "f"), 0.3)),
    g: tf.variable(tf.mul(normal([6, 6], 7, "g"), 0.3)),
  };
  const half = (name: "f" | "g") =>
    autogradResidual((x) => tf.tanh(tf.matMul(x as tf.Tensor2D, variables[name] as tf.Tensor2D)), {
      [name]: variables[name],
    });
  const block = { f: half("f"), g: half("g") };
  return { variables, blocks: [block, block], parameters: { f: variables.f, g: variables.g } };
}

test("composes with tf.variableGrads", () => {
  const { variables, blocks, parameters } = smallModel();
  const gradientsThrough = (stack: StackFunction) =>
    tf.variableGrads(() => {
      const x = tf.matMul(normal([5, 3], 8, "x") as tf.Tensor2D, variables.into as tf.Tensor2D);
      return weighed(stack(x, x));
    }).grads;
  const left = leaked(() =>
    tf.tidy(() => {
      const expected = gradientsThrough(irreversibleStack(blocks));
      const actual = gradientsThrough(reversibleStack(blocks, parameters));
      for (const { name } of Object.values(variables)) {
        expect(largestError(actual[name]!, expected[name]!)).toBeLessThan(1e-5);
      }
    }),
  );
  expect(left).toBe(0);
  tf.dispose(variables);
});

test("a model trains with optimizer.minimize, leaving nothing behind", () => {
  const { variables, blocks, parameters } = smallModel();
  const stack = reversibleStack(blocks, parameters);
  const x = normal([32, 3], 9, "x") as tf.Tensor2D;
  const target = tf.tidy(() => tf.sin(tf.sum(x, 1)));
  const optimizer = tf.train.adam(0.02);
  const step = (seed: number) =>
    tf.tidy(() => {
      const cost = optimizer.minimize(() => {
        const embedded = tf.matMul(x, variables.into as tf.Tensor2D);
        const [y1, y2] = stack(embedded, embedded, { seed });
        return tf.mean(tf.square(tf.sub(tf.mean(tf.add(y1, y2), 1), target)));
      }, true);
      return cost!.dataSync()[0]!;
    });
  const first = step(0); // Also makes the optimizer's own variables.
  let last = first;
  expect(
    leaked(() => {
      for (let i = 1; i <= 60; i++) last = step(i);
    }),
  ).toBe(0);
  expect(last).toBeLessThan(first / 5);
  optimizer.dispose();
  tf.dispose([variables, x, target]);
});

test("without a tape, or when the loss does not depend on it, the stack keeps nothing", () => {
  const blocks = denseBlocks(2, 4);
  const stack = reversibleStack(blocks, parametersOf(blocks));
  const x = normal([2, 4], 1, "x");
  const run = (keepLayers: number) => stack(x, x, { keepLayers });
  expect(leaked(() => tf.dispose(run(0)))).toBe(0);
  for (const keepLayers of [0, 2]) {
    const ignoring = () =>
      tf.tidy(() => {
        tf.grad((z) => {
          run(keepLayers);
          return tf.square(z);
        })(tf.ones([1]));
      });
    expect(leaked(ignoring)).toBe(0);
  }
  x.dispose();
  disposeBlocks(blocks);
});

test("saved state survives the tidy that tfjs runs a forward pass in", () => {
  // Passes on only what is positive at first sight, as hash buckets are decided once.
  const gate = autogradResidual(
    (x, _, [open]) => tf.mul(tf.tanh(x), open!),
    {},
    { decide: (x) => [tf.cast(tf.greater(x, 0), "float32")] },
  );
  const blocks = repeat({ f: gate, g: gate }, 3);
  const left = leaked(() =>
    tf.tidy(() => {
      const expected = gradientsOf(irreversibleStack(blocks), [4, 3], [], {});
      for (const keepLayers of [0, 1, 3]) {
        const actual = gradientsOf(reversibleStack(blocks, {}), [4, 3], [], { keepLayers });
        actual.grads.forEach((gradient, i) =>
          expect(largestError(gradient, expected.grads[i]!)).toBeLessThan(1e-5),
        );
      }
    }),
  );
  expect(left).toBe(0);
});

test("a stack may stand inside the residual of another stack", () => {
  const inner = denseBlocks(2, 3);
  const parameters = parametersOf(inner);
  const wrap = (stack: StackFunction) =>
    autogradResidual((x, seed) => tf.mul(tf.add(...stack(x, x, { seed })), 0.1), parameters);
  const outer = (stack: StackFunction) => [{ f: wrap(stack), g: wrap(stack) }];
  const left = leaked(() =>
    tf.tidy(() => {
      const list = Object.values(parameters);
      const expected = gradientsOf(irreversibleStack(outer(irreversibleStack(inner))), [2, 3], list, {});
      const stack = reversibleStack(outer(reversibleStack(inner, parameters)), parameters);
      const actual = gradientsOf(stack, [2, 3], list, {});
      actual.grads.forEach((gradient, i) =>
        expect(largestError(gradient, expected.grads[i]!)).toBeLessThan(1e-5),
      );
    }),
  );
  expect(left).toBe(0);
  disposeBlocks(inner);
});

test("24 layers need the memory of 2, within 10%, under tf.grads too", async () => {
  const layer = { f: denseResidual("f", 16), g: denseResidual("g", 16) };
  const peakOf = (depth: number, stackOf: (blocks: (typeof layer)[]) => StackFunction) =>
    peakBytes(() => gradientsOf(stackOf(repeat(layer, depth)), [128, 16], [], {}));
  const reversible = (blocks: (typeof layer)[]) => reversibleStack(blocks, parametersOf([layer]));
  const shallow = await peakOf(2, reversible);
  expect(await peakOf(24, reversible)).toBeLessThan(1.1 * shallow);
  expect(await peakOf(24, irreversibleStack)).toBeGreaterThan(3 * shallow);
  disposeBlocks([layer]);
});

/** What a user reads when `run` is a mistake. */
function messageOf(run: () => unknown): string {
  try {
    tf.tidy(() => void run());
  } catch (error) {
    return isInputError(error) ? error.message : String(error);
  }
  return "";
}

function gradientOf(stack: StackFunction): tf.Tensor {
  return tf.grad((x) => tf.sum(stack(x, x)[0]))(tf.ones([1, 2]));
}

test("mistakes are said in one sentence", () => {
  const blocks = denseBlocks(1, 2);
  const all = parametersOf(blocks);
  const stack = reversibleStack(blocks, all);
  expect(messageOf(() => stack(tf.ones([1, 2]), tf.ones([2, 2])))).toBe(
    "x2 is of shape [2, 2], but must be of the shape of x1, [1, 2], with at least one axis.",
  );
  const { "0.f.w": _, ...rest } = all;
  expect(messageOf(() => gradientOf(reversibleStack(blocks, rest)))).toMatch(
    /^parameters of reversibleStack is 0.f.b, 0.g.w, 0.g.b, but must be all .* include "0.f.w"\.$/,
  );
  expect(
    messageOf(() => tf.grad((x) => tf.sum(tf.grad((z) => tf.sum(stack(z, z)[0]))(x)))(tf.ones([1, 2]))),
  ).toMatch(/^reversibleStack is differentiated twice, but must be differentiated once/);
  const other = denseBlocks(1, 2);
  expect(messageOf(() => parametersOf([...blocks, ...other]))).toBe(
    'parameters of reversible blocks is two tensors named "0.f.w", but must be named so that a name stands for one tensor.',
  );
  disposeBlocks(other);
  disposeBlocks(blocks);
});
