/**
 * The ladder of LSH attention, forward and backward: what ships, with its ideas taken away again, each by another source
 * for one file of it. Every rung is held to the results of what ships.
 */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { openBackend } from "../../apps/trainer/src/backend/open-backend";
import { assemble } from "../../internal/wasm/compile.mjs";
import { registerBuild } from "../../internal/wasm/src/index";
import { lshAttentionForward, lshAttentionGrad } from "../../packages/lsh/src/index";
import { registerWasmKernels } from "../../packages/lsh/src/kernels/wasm/index";
import * as attentionKernels from "../../packages/lsh/src/kernels/wasm/attention";
import * as routingKernels from "../../packages/lsh/src/kernels/wasm/routing";
import { attention, cell, dropKernels, say, sayMachine, type Timing } from "./timing";

const entry = fileURLToPath(new URL("../../packages/lsh/assembly/index.ts", import.meta.url));
const product = "internal/wasm/assembly/product.ts";
const exponential = "internal/wasm/assembly/exponential.ts";
const [oneByOne, singleProduct, vectorProduct] = [
  "exponential-single",
  "product-single",
  "product-vectors",
].map((name) => `bench/kernels/assembly/${name}.ts`) as [string, string, string];

const rungs: Record<string, Record<string, string>> = {
  "v1 one pass over the chunks, single numbers": { [product]: singleProduct, [exponential]: oneByOne },
  "v2 products by vectors": { [product]: vectorProduct, [exponential]: oneByOne },
  "v3 products in tiles of 4 x 12": { [exponential]: oneByOne },
};

async function registerRung(standIns: Record<string, string>): Promise<void> {
  const binary = Buffer.from(await assemble(entry, [], standIns)).toString("base64");
  const kernels = [...Object.values(attentionKernels), ...Object.values(routingKernels)];
  await registerBuild({ simd: binary, relaxed: "" }, kernels, { build: "simd" });
}

/** Results on a short sequence. */
function sample(): tf.TypedArray[] {
  return tf.tidy(() => {
    const [query, value, dOutput] = [1, 2, 3].map((seed) =>
      tf.randomNormal([1, 2, 500, 24], 0, 1, "float32", seed),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const options = { chunkLength: 16, numHashes: 2, numBuckets: 8 };
    const result = lshAttentionForward(query, value, options);
    const { dQueryKey, dValue } = lshAttentionGrad(dOutput, { queryKey: query, value, ...result }, options);
    return [result.output, dQueryKey, dValue].map((tensor) => tensor.dataSync());
  });
}

function expectNear(actual: tf.TypedArray[], expected: tf.TypedArray[]): void {
  for (const [i, values] of actual.entries()) {
    const largest = values.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - expected[i]![at]!)),
      0,
    );
    expect(largest).toBeLessThan(1e-4);
  }
}

test("ladder of attention", async () => {
  await openBackend("wasm", { kernels: "composed" });
  sayMachine();
  const rows: [string, Timing][] = [["composed of tfjs' ops", attention(2, "LSH")]];
  const composed = sample();
  for (const [name, standIns] of Object.entries(rungs)) {
    await registerRung(standIns);
    expectNear(sample(), composed);
    rows.push([name, attention(3, "LSH")]);
    dropKernels();
  }
  for (const build of ["simd", "relaxed"] as const) {
    await registerWasmKernels({ build });
    expectNear(sample(), composed);
    const label =
      build === "simd" ? "v4 softmax of four queries at once: ships" : "v4 with relaxed SIMD: ships";
    rows.push([label, attention(7, "LSH")]);
    dropKernels();
  }
  expect(rows).toHaveLength(6);
  say("| version | both ways | times composed |\n| --- | --- | --- |");
  for (const [name, timing] of rows) {
    say(`| ${name} | ${cell(timing)} | ${(rows[0]![1].milliseconds / timing.milliseconds).toFixed(1)} |`);
  }
});
