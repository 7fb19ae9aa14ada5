/**
 * `expect(actual).toBeAllClose(expected)`: tensors and arrays of numbers, compared element by element with
 * `|actual - expected| <= absolute + relative |expected|`, NaN equal to nothing. A failure names the worst element.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";

export interface Tolerance {
  /** Default 1e-5. */
  absolute?: number;
  /** Default 1e-5. */
  relative?: number;
}

type Numbers = Tensor | ArrayLike<number>;

declare module "vitest" {
  interface Matchers<T> {
    /** Shapes, where both sides have one, and every number up to the tolerance. */
    toBeAllClose(expected: Numbers, tolerance?: Tolerance): T;
  }
}

expect.extend({
  toBeAllClose(actual: Numbers, expected: Numbers, { absolute = 1e-5, relative = 1e-5 }: Tolerance = {}) {
    const [a, b] = [read(actual), read(expected)];
    if (a.values.length !== b.values.length || (a.shape && b.shape && a.shape.join() !== b.shape.join())) {
      return { pass: false, message: () => `expected ${describe(a)} to have the shape of ${describe(b)}` };
    }
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < a.values.length; i++) {
      const error = Math.abs(a.values[i]! - b.values[i]!);
      const ratio = error === 0 ? 0 : error / (absolute + relative * Math.abs(b.values[i]!));
      if (!(ratio <= Math.max(1, excess))) {
        worst = i;
        excess = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
      }
    }
    return {
      pass: worst < 0,
      message: () =>
        worst < 0
          ? "expected numbers to differ"
          : `element ${worst} of ${describe(a)} is ${a.values[worst]}, expected ${b.values[worst]}: ` +
            `${excess.toPrecision(3)} times the tolerance (absolute ${absolute}, relative ${relative})`,
    };
  },
});

interface Read {
  values: ArrayLike<number>;
  shape?: readonly number[];
}

function read(numbers: Numbers): Read {
  return "dataSync" in numbers ? { values: numbers.dataSync(), shape: numbers.shape } : { values: numbers };
}

function describe({ values, shape }: Read): string {
  return shape ? `a tensor [${shape.join(", ")}]` : `${values.length} numbers`;
}
