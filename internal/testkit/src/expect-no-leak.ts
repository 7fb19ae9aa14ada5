/** Counts what tfjs holds before and after: whoever makes tensors must hand them over or let go of them. */
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/**
 * Runs `make` and disposes the tensors it returns; nothing else may remain, and nothing that was there may be gone.
 *
 * Runs once unobserved before, for what a backend keeps on first use.
 */
export function expectNoLeak(make: () => tf.TensorContainer): void {
  tf.dispose(make());
  const before = holdings();
  tf.dispose(make());
  expect(holdings()).toEqual(before);
}

function holdings() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
}
