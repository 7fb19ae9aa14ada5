/** Residuals that the tests of this package share: real layers, small. */
import * as tf from "@tensorflow/tfjs-core";
// oxlint-disable-next-line import/no-unassigned-import -- it registers the gradients of tfjs' operations
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { deriveSeed } from "@reformer-ts/internal-random";
import { autogradResidual, parametersOf, type AutogradResidual } from "../src";

export interface AutogradBlock {
  f: AutogradResidual;
  g: AutogradResidual;
}

/** Normal numbers that depend on `seed` and `path` alone, `[...shape]`. */
export function normal(shape: number[], seed: number, ...path: (string | number)[]): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", deriveSeed(seed, ...path));
}

/** `tanh(x w + b)`, with a dropout mask that depends on the seed if `rate` is above 0; x `[batch, width]`. */
export function denseResidual(name: string, width: number, { seed = 1, rate = 0 } = {}): AutogradResidual {
  const w = tf.tidy(() => tf.mul(normal([width, width], seed, name, "w"), 0.7 / Math.sqrt(width)));
  const b = tf.tidy(() => tf.mul(normal([width], seed, name, "b"), 0.1));
  const parameters = { [`${name}.w`]: w, [`${name}.b`]: b };
  return autogradResidual((x, drawn) => {
    const y = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b));
    return rate > 0 ? tf.dropout(y, rate, undefined, drawn) : y;
  }, parameters);
}

/** `depth` blocks of two dense residuals each. */
export function denseBlocks(
  depth: number,
  width: number,
  options: { seed?: number; rate?: number } = {},
): AutogradBlock[] {
  return Array.from({ length: depth }, (_, i) => ({
    f: denseResidual(`${i}.f`, width, options),
    g: denseResidual(`${i}.g`, width, options),
  }));
}

/** `depth` times the same block. */
export function repeat<T>(block: T, depth: number): T[] {
  return Array.from({ length: depth }, () => block);
}

export function disposeBlocks(blocks: readonly AutogradBlock[]): void {
  tf.dispose(parametersOf(blocks));
}

/** The largest absolute difference, relative to the largest absolute value of `expected` (or to 1, if that is less). */
export function largestError(actual: tf.Tensor, expected: tf.Tensor): number {
  if (actual.shape.join() !== expected.shape.join()) return Infinity;
  return tf.tidy(() => {
    const scale = Math.max(1, (tf.max(tf.abs(expected)) as tf.Scalar).dataSync()[0]!);
    return (tf.max(tf.abs(tf.sub(actual, expected))) as tf.Scalar).dataSync()[0]! / scale;
  });
}

/** Runs `run` and says how many tensors it left behind. */
export function leaked(run: () => void): number {
  const before = tf.memory().numTensors;
  run();
  return tf.memory().numTensors - before;
}

/** The most bytes that tensors took at once while `run` ran, beyond those that were there before. */
export async function peakBytes(run: () => void): Promise<number> {
  tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false); // It reads results after they may be gone.
  const before = tf.memory().numBytes;
  const { peakBytes: peak } = await tf.profile(() => tf.tidy(run) as unknown as tf.TensorContainer);
  return peak - before;
}
