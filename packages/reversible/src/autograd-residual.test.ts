import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { expectNoLeak } from "@reformer-ts/internal-testkit";
import { denseResidual, disposeBlocks, largestError, leaked, normal } from "../test/residuals";
import { autogradResidual } from "./autograd-residual";
import type { GradientSink } from "./residual";

/** A sink that remembers, for comparing and disposing. */
function collecting() {
  const gradients: Record<string, tf.Tensor> = {};
  const sink: GradientSink = (name, gradient) => {
    gradients[name] = gradient;
  };
  return { gradients, sink };
}

test("gradients are those of tf.grads, whether the activations are rebuilt or kept", () => {
  const residual = denseResidual("r", 5, { rate: 0.4 });
  const { "r.w": w, "r.b": b } = residual.parameters as Record<"r.w" | "r.b", tf.Tensor>;
  const left = leaked(() =>
    tf.tidy(() => {
      const x = normal([3, 5], 1, "x");
      const dy = normal([3, 5], 1, "dy");
      const [dx, dw, db] = tf.grads((z) => residual.apply(z!, 11))([x, w, b], dy);
      const expected = { dx: dx!, "r.w": dw!, "r.b": db! };

      const rebuilt = collecting();
      const { y, saved } = residual.forward(x, 11);
      const again = residual.forwardAndGrad(x, dy, saved, 11, rebuilt.sink);
      expect(largestError(again.y, y)).toBe(0);
      const kept = collecting();
      const keeping = residual.keep(x, 11);
      expect(largestError(keeping.y, y)).toBe(0);
      const fromKept = { dx: keeping.vjp(dy, kept.sink), ...kept.gradients };
      for (const actual of [{ dx: again.dx, ...rebuilt.gradients }, fromKept] as Record<
        string,
        tf.Tensor
      >[]) {
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        for (const [name, gradient] of Object.entries(expected)) {
          expect(largestError(actual[name]!, gradient)).toBeLessThan(1e-6);
        }
      }
    }),
  );
  expect(left).toBe(0);
  disposeBlocks([{ f: residual, g: residual }]);
});

test("outside of any tidy, the three ways leave only what the caller owns", () => {
  const residual = denseResidual("r", 4, { rate: 0.4 });
  const x = normal([2, 4], 1, "x");
  const { gradients, sink } = collecting();
  expectNoLeak(() => residual.forward(x, 1).y);
  expectNoLeak(() => {
    const { y, dx } = residual.forwardAndGrad(x, x, [], 1, sink);
    return [y, dx, gradients];
  });
  expectNoLeak(() => {
    const kept = residual.keep(x, 1);
    kept.dispose();
    return kept.y;
  });
  expectNoLeak(() => {
    const kept = residual.keep(x, 1);
    return [kept.y, kept.vjp(x, sink), gradients];
  });
  x.dispose();
  disposeBlocks([{ f: residual, g: residual }]);
});

test("what was decided in the forward pass holds in the backward pass, though the input has moved", () => {
  // Keeps the winner of a top-1; the repetition sees an input in which another number would win.
  const winner = autogradResidual(
    (x, _, [where]) => tf.mul(x, tf.oneHot(where as tf.Tensor1D, 3)),
    {},
    { decide: (x) => [tf.argMax(x, 1)] },
  );
  const left = leaked(() => {
    const x = tf.tensor2d([[1, 1.0001, 0]]);
    const moved = tf.tensor2d([[1.0002, 1.0001, 0]]);
    const dy = tf.tensor2d([[1, 1, 1]]);
    const { y, saved } = winner.forward(x, 0);
    const { dx, y: again } = winner.forwardAndGrad(moved, dy, saved, 0, () => {});
    expect([...dx.dataSync()]).toEqual([0, 1, 0]);
    const kept = winner.keep(x, 0);
    const ofKept = kept.vjp(dy, () => {});
    expect([...ofKept.dataSync()]).toEqual([0, 1, 0]);
    tf.dispose([x, moved, dy, y, again, dx, kept.y, ofKept]);
    tf.dispose(saved as tf.Tensor[]);
  });
  expect(left).toBe(0);
});

test("results that are arguments are given as copies, and independence of the input gives zeros", () => {
  const bias = tf.ones([1, 2]);
  const identity = autogradResidual((x) => x);
  const constant = autogradResidual(() => bias, { bias });
  const x = tf.tensor2d([[3, 4]]);
  const dy = tf.tensor2d([[5, 6]]);
  const { gradients, sink } = collecting();
  const left = leaked(() => {
    const a = identity.forwardAndGrad(x, dy, [], 0, sink);
    const b = constant.forwardAndGrad(x, dy, [], 0, sink);
    expect([...a.dx.dataSync()]).toEqual([5, 6]);
    expect([...b.dx.dataSync()]).toEqual([0, 0]);
    expect([...gradients["bias"]!.dataSync()]).toEqual([5, 6]);
    tf.dispose([a.y, a.dx, b.y, b.dx, gradients, identity.forward(x, 0).y, constant.forward(x, 0).y]);
  });
  expect(left).toBe(0);
  expect([...x.dataSync(), ...dy.dataSync(), ...bias.dataSync()]).toEqual([3, 4, 5, 6, 1, 1]);
  tf.dispose([x, dy, bias]);
});

test("a variable that nobody listed, and a changed shape, are refused and leave nothing", () => {
  const w = tf.variable(tf.ones([2]), true, "forgotten");
  const forgetful = autogradResidual((x) => tf.mul(x, w));
  const reshaping = autogradResidual((x) => tf.sum(x, 0));
  const x = tf.ones([1, 2]);
  const left = leaked(() => {
    expect(() => forgetful.forwardAndGrad(x, x, [], 0, () => {})).toThrow(
      'parameters of autogradResidual is empty, but must be all trainable variables that the function uses, which include "forgotten".',
    );
    expect(() => reshaping.forward(x, 0)).toThrow(
      "the result of a residual function is of shape [2], but must be of the shape of its input, [1, 2].",
    );
  });
  expect(left).toBe(0);
  tf.dispose([w, x]);
});
