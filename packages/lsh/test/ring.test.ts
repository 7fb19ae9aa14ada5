/** A window longer than the ring meets the same chunk several times, and every meeting counts, forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  localAttentionGrad,
} from "../src/index";

const shape: [number, number, number, number] = [1, 2, 40, 8];
const random = Random.fromSeed(3);
const draw = () => tf.tensor4d(random.normals(shape.reduce((a, b) => a * b, 1)), shape);

describe("local attention over a ring of five chunks", () => {
  // Seen once, twice or three times by every query, a key weighs the same among the others: the result is full attention.
  it.each([4, 9, 14])("equals full attention when %i chunks before are seen", (chunksBefore) => {
    const [query, key, value, dOutput] = [draw(), draw(), draw(), draw()];
    const options = { chunkLength: 8, chunksBefore };
    const full = fullAttentionForward(query, key, value);
    const local = localAttentionForward(query, key, value, options);
    const expected = fullAttentionGrad(dOutput, { query, key, value, ...full });
    const computed = localAttentionGrad(dOutput, { query, key, value, ...local }, options);
    const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
    expect(difference(local.output, full.output)).toBeLessThan(1e-5);
    for (const name of ["dQuery", "dKey", "dValue"] as const) {
      expect.soft(difference(computed[name], expected[name]), name).toBeLessThan(1e-4);
    }
  });
});
