import * as tf from "@tensorflow/tfjs-core";

export interface MatMulRate {
  /** Side of the square matrices. */
  size: number;
  gigaflops: number;
}

const SIZES = [256, 512, 1024];
const REPEATS = 5;
const LONGEST_SECONDS = 0.5;

/**
 * The rate of float32 products of square matrices: the number that every other figure of a backend is judged by.
 *
 * A thousand to the side, or the largest smaller size whose product is not expected to take more than half a second.
 */
export async function measureMatMul(): Promise<MatMulRate> {
  let rate: MatMulRate = { size: 0, gigaflops: 0 };
  for (const size of SIZES) {
    const expectedSeconds = rate.size === 0 ? 0 : (2 * size ** 3) / (rate.gigaflops * 1e9);
    if (expectedSeconds > LONGEST_SECONDS) break;
    rate = { size, gigaflops: (2 * size ** 3) / (await medianSeconds(size)) / 1e9 };
  }
  return rate;
}

async function medianSeconds(size: number): Promise<number> {
  const a = tf.randomUniform([size, size], -1, 1, "float32", 1);
  const b = tf.randomUniform([size, size], -1, 1, "float32", 2);
  const seconds: number[] = [];
  // The first product pays for compilation and threads.
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const start = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
    await corner.data();
    if (repeat > 0) seconds.push((performance.now() - start) / 1000);
    corner.dispose();
  }
  tf.dispose([a, b]);
  return seconds.toSorted((x, y) => x - y)[REPEATS >> 1]!;
}
