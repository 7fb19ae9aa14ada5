/** The ten lines of the README, run as they stand. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import * as lsh from "../src/index";

test("the example of the README runs", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const code = /```ts\n([\s\S]*?)```/
    .exec(readme)![1]!
    .replace(/^import .*$/gm, "")
    .replaceAll(" as const", "")
    .replaceAll(": tf.Tensor", "")
    .replaceAll(" as tf.Scalar", "");
  const run = new Function("tf", "lshAttention", `${code}; return { output, dQueryKey, dValue };`);
  const { output, dQueryKey, dValue } = tf.tidy(() => run(tf, lsh.lshAttention)) as Record<string, tf.Tensor>;
  expect(output!.shape).toEqual([1, 2, 4096, 64]);
  expect(dQueryKey!.shape).toEqual([1, 2, 4096, 64]);
  expect(tf.sum(tf.abs(dValue!)).dataSync()[0]).toBeGreaterThan(0);
  tf.dispose([output!, dQueryKey!, dValue!]);
});
