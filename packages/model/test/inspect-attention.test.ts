/** The weights that are shown are those that the layer uses: with its values they give its output. */
import * as tf from "@tensorflow/tfjs-core";
import { residualSeed } from "@reformer-ts/reversible";
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import { attentionFunction } from "../src/attention";
import { attentionMechanism } from "../src/attention-mechanism";
import {
  createReformer,
  initializeParameters,
  inspectAttention,
  resolveConfig,
  type ReformerOptions,
} from "../src/index";

const length = 30;
const random = Random.fromSeed(2);
const tokens = tf.tensor2d(
  Int32Array.from({ length: 2 * length }, () => random.integer(11)),
  [2, length],
  "int32",
);

const small: ReformerOptions = {
  vocabSize: 11,
  dModel: 12,
  dFF: 10,
  numHeads: 2,
  dHead: 6,
  maxLength: 32,
  chunkLength: 8,
  numBuckets: 4,
};

it.each<[string, ReformerOptions]>([
  ["LSH", { layers: ["lsh"], numHashes: 3 }],
  ["LSH, rotary positions", { layers: ["lsh"], numHashes: 2, positions: "rotary" }],
  [
    "LSH, keys of one bucket counted once",
    { layers: ["lsh"], numHashes: 2, acrossBuckets: false, duplicateCorrection: true },
  ],
  ["strict", { layers: ["lsh"], routing: "strict" }],
  ["local", { layers: ["local"], causal: false, localChunksAfter: 1 }],
  ["full", { layers: ["full"] }],
  ["memory keys", { layers: ["lsh"], numMemoryKeys: 3, positions: "rotary" }],
])("%s", (_name, options) => {
  tf.tidy(() => {
    const config = resolveConfig({ ...small, ...options });
    const model = createReformer(config, initializeParameters(config, 3));
    const queries = [0, 13, length - 1];
    const view = inspectAttention(model, tokens, { layer: 0, queries, seed: 6 });
    expect(view.rows).toHaveLength(2 * 2 * 3);

    const pass = { training: false };
    const x = model.embedding(pass).forward(tokens, 6);
    const mechanism = attentionMechanism(config, 0, pass);
    const layer = attentionFunction(config, model.parameters, "layers.0.attention", mechanism, pass);
    const { attended } = layer.run(x, residualSeed(6, 0, "f")).state;
    const [output, values] = [attended.output.dataSync(), attended.projections.at(-1)!.dataSync()];
    const remembered = config.numMemoryKeys
      ? model.parameters.get("layers.0.attention.memoryValues").dataSync()
      : [];
    for (const { batch, head, query, keys, memory } of view.rows) {
      const group = batch * 2 + head;
      for (let d = 0; d < 6; d++) {
        let sum = 0;
        for (const { position, weight } of keys) sum += weight * values[(group * length + position) * 6 + d]!;
        memory.forEach((weight, i) => (sum += weight * remembered[(head * 3 + i) * 6 + d]!));
        expect(Math.abs(sum - output[(group * length + query) * 6 + d]!)).toBeLessThan(1e-5);
      }
    }
    const buckets = attended.buckets?.dataSync();
    expect(view.buckets && [...view.buckets]).toEqual(buckets ? [...buckets] : null);
  });
});

it("looks into any layer, leaves no tensor and refuses a layer that there is not", () => {
  const config = resolveConfig({ ...small, layers: ["local", "lsh", "lsh"] });
  const model = createReformer(config, initializeParameters(config, 3));
  const inspect = (layer: number) => inspectAttention(model, tokens, { layer, queries: [20] });
  inspect(2);
  const before = tf.memory().numTensors;
  expect(inspect(2).buckets).toHaveLength(2 * 2 * length);
  expect(inspect(2).buckets).not.toEqual(inspect(1).buckets);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => inspect(3)).toThrow("layer is 3, but must be from 0 to 2.");
});
