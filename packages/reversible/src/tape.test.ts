import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { leaked } from "../test/residuals";
import { onFreshTape, outsideScopes, record, whenReleased } from "./tape";

function fail(): never {
  throw new Error("from inside");
}

/** x ↦ x³, whose gradient asks tfjs for the gradient of another function. */
function cubeByNestedTape(fresh: <T>(run: () => T) => T) {
  return tf.customGrad((...inputs) => {
    const x = inputs[0] as tf.Tensor;
    (inputs[1] as tf.GradSaveFunc)([x]);
    return {
      value: tf.pow(x, 3),
      gradFunc: (dy, [saved]) => fresh(() => tf.grad((z) => tf.pow(z, 3))(saved!, dy)),
    };
  });
}

test("tfjs by itself cannot differentiate inside a custom gradient", () => {
  // Should this ever pass in tfjs, the workaround can go.
  const cube = cubeByNestedTape((run) => run());
  const x = tf.scalar(2);
  expect(() => tf.grad((z) => cube(tf.mul(z, 3)))(x)).toThrow("forEach");
});

test("on a fresh tape it can, and the outer tape goes on", () => {
  expect(
    leaked(() =>
      tf.tidy(() => {
        const cube = cubeByNestedTape(onFreshTape);
        const gradient = tf.grad((z) => cube(tf.mul(z, 3)))(tf.scalar(2));
        expect(gradient.dataSync()[0]).toBeCloseTo(3 * 3 * 36, 3);
      }),
    ),
  ).toBe(0);
});

test("a fresh tape records inside the forward pass of a custom gradient too", () => {
  tf.tidy(() => {
    let inner = 0;
    const f = tf.customGrad((...inputs) => {
      inner = onFreshTape(() => tf.grad((z) => tf.square(z))(inputs[0] as tf.Tensor)).dataSync()[0]!;
      return { value: tf.square(inputs[0] as tf.Tensor), gradFunc: (dy) => tf.mul(dy, inner) };
    });
    expect(tf.grad(f)(tf.scalar(5)).dataSync()[0]).toBe(10);
  });
});

test("the engine is put back when the function throws", () => {
  const { state } = tf.engine();
  const before = [
    state.activeTape,
    state.gradientDepth,
    state.kernelDepth,
    state.activeScope,
    state.scopeStack,
  ];
  expect(() => outsideScopes(() => onFreshTape(fail))).toThrow("from inside");
  expect([
    state.activeTape,
    state.gradientDepth,
    state.kernelDepth,
    state.activeScope,
    state.scopeStack,
  ]).toEqual(before);
});

test("a recording is pulled after the pass that made it, and leaves nothing", () => {
  const x = tf.tensor1d([1, 2, 3]);
  const unused = tf.scalar(1);
  expect(
    leaked(() => {
      tf.engine().startScope();
      const recording = outsideScopes(() => record(() => tf.mul(tf.square(x), x)));
      tf.engine().endScope();
      const dy = tf.onesLike(x);
      const [dx, none] = recording.pull(dy, [x, unused]);
      expect([...dx!.dataSync()]).toEqual([3, 12, 27]);
      expect(none ?? undefined).toBeUndefined();
      tf.dispose([recording.y, dy, dx!]);
    }),
  ).toBe(0);
  tf.dispose([x, unused]);
});

test("gradients that tfjs would share belong to the caller one by one", () => {
  const a = tf.tensor1d([1, 2]);
  const b = tf.tensor1d([3, 4]);
  const sum = tf.customGrad((...inputs) => ({
    value: tf.add(inputs[0] as tf.Tensor, inputs[1] as tf.Tensor),
    gradFunc: (dy) => [dy, dy],
  }));
  const dy = tf.tensor1d([5, 6]);
  const recording = record(() => sum(a, b));
  const [da, db] = recording.pull(dy, [a, b]);
  da!.dispose();
  expect([...db!.dataSync()]).toEqual([5, 6]);
  expect([...dy.dataSync()]).toEqual([5, 6]);
  tf.dispose([a, b, db!, dy, recording.y]);
});

test("a function that throws leaves no tensors", () => {
  const x = tf.scalar(2);
  const squareAndFail = () => {
    tf.square(x);
    return fail();
  };
  expect(leaked(() => expect(() => record(squareAndFail)).toThrow("from inside"))).toBe(0);
  x.dispose();
});

test("the end of a tape is announced whether or not it was walked", () => {
  const calls: string[] = [];
  const announced = (name: string) => (x: tf.Tensor) => {
    const y = tf.square(x);
    whenReleased(() => calls.push(name));
    return y;
  };
  tf.tidy(() => {
    tf.grad((x) => tf.add(announced("walked")(x), x))(tf.scalar(1));
    tf.grad((x) => {
      announced("not walked")(x);
      return tf.neg(x);
    })(tf.scalar(1));
  });
  expect(calls).toEqual(["walked", "not walked"]);
});
