/** The examples of the README, run as they stand. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import * as tfLayers from "@tensorflow/tfjs-layers";
import * as lsh from "../src/index";
import * as attentionLayers from "../src/layers/index";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the model of the README trains", async () => {
  const code = /```js\n([\s\S]*?)```/.exec(readme)![1]!.replace(/^import .*$/gm, "");
  const names = { ...attentionLayers, tf: { ...tf, ...tfLayers } };
  const example = new Function(...Object.keys(names), `${code}\nreturn model;`);
  const model = example(...Object.values(names)) as tfLayers.Sequential;
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
  const ids = Int32Array.from({ length: 4 * 64 }, (_, i) => 1 + (i % 7));
  const x = tf.tensor2d(ids, [4, 64], "int32");
  const y = tf.tensor3d(Float32Array.from(ids), [4, 64, 1]);
  const { history } = await model.fit(x, y, { epochs: 5, verbose: 0 });
  const losses = history["loss"] as number[];
  expect(losses.at(-1)!).toBeLessThan(losses[0]!);
  tf.dispose([x, y]);
  model.dispose();
});

test("the example of the README runs", () => {
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
