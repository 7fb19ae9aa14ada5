/** The layers as a user of tf.sequential meets them. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { expectNoLeak } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, loadLayersModel, sequential, type Sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { localAttention, lshAttention } from "../src/index";
import { localSelfAttention, lshSelfAttention } from "../src/layers/index";

beforeEach(() => {
  const random = Random.fromSeed(4);
  vi.spyOn(Math, "random").mockImplementation(() => random.uniform());
});
afterEach(() => vi.restoreAllMocks());

const normal = (shape: number[], seed: number) =>
  tf.tensor(Random.fromSeed(seed).normals(shape.reduce((a, b) => a * b, 1)), shape);

/** What the paper's equations say of a layer's weights: project, attend, project back. */
function byHand(x: tf.Tensor, kernels: tf.Tensor[], heads: number, attend: (h: tf.Tensor[]) => tf.Tensor) {
  const [batch, length, width] = x.shape as [number, number, number];
  const split = kernels.slice(0, -1).map((kernel) => {
    const columns = tf.split(tf.matMul(tf.reshape(x, [-1, width]), kernel as tf.Tensor2D), heads, 1);
    return tf.stack(
      columns.map((column) => tf.reshape(column, [batch, length, -1])),
      1,
    );
  });
  const joined = tf.concat(tf.unstack(attend(split), 1), -1);
  return tf.reshape(
    tf.matMul(tf.reshape(joined, [batch * length, -1]), kernels.at(-1) as tf.Tensor2D),
    x.shape,
  );
}

test.each([undefined, 5])("an LSH layer projects, attends and projects back (dHead %s)", (dHead) => {
  tf.tidy(() => {
    const options = { numHeads: 2, chunkLength: 4, numHashes: 2, numBuckets: [2, 4], seed: 5 };
    const layer = lshSelfAttention({ ...options, dHead });
    const x = normal([2, 22, 6], 1);
    const y = layer.apply(x) as tf.Tensor;
    const attend = ([qk, v]: tf.Tensor[]) => lshAttention(qk!, v!, options);
    expect(y).toBeAllClose(byHand(x, layer.getWeights(), 2, attend));
    expect(layer.countParams()).toBe(3 * 6 * 2 * (dHead ?? 3));
  });
});

test("a local layer projects, attends and projects back, and tokens that are masked are not seen", () => {
  tf.tidy(() => {
    const options = { numHeads: 3, chunkLength: 4, chunksAfter: 1, causal: false };
    const layer = localSelfAttention(options);
    const x = normal([2, 22, 6], 1);
    const mask = tf.cast(tf.greater(normal([2, 22], 2), -0.5), "bool");
    const y = layer.apply(x, { mask }) as tf.Tensor;
    const attend = ([q, k, v]: tf.Tensor[]) => localAttention(q!, k!, v!, { ...options, keyMask: mask });
    expect(y).toBeAllClose(byHand(x, layer.getWeights(), 3, attend));
    expect(layer.apply(x) as tf.Tensor).not.toBeAllClose(y);
  });
});

/** Embedding, both kinds of attention, a guess for every token; everything drawn from seeds. */
function smallModel(maskZero = false): Sequential {
  const model = sequential();
  const embeddingsInitializer = initializers.randomNormal({ seed: 1 });
  model.add(
    layers.embedding({ inputDim: 7, outputDim: 8, maskZero, embeddingsInitializer, inputShape: [24] }),
  );
  model.add(lshSelfAttention({ numHeads: 2, chunkLength: 4, numHashes: 2, numBuckets: 4, dropout: 0.1 }));
  model.add(localSelfAttention({ numHeads: 2, chunkLength: 8, dropout: 0.1 }));
  model.add(layers.dense({ units: 7, activation: "softmax" }));
  model.layers.slice(1).forEach((layer, i) => {
    layer.setWeights(layer.getWeights().map((w, j) => tf.mul(normal(w.shape, 10 * i + j + 1), 0.4)));
  });
  return model;
}

const tokens = tf.tensor2d(
  Int32Array.from({ length: 16 * 24 }, (_, i) => (Math.floor(i / 24) + (i % 5)) % 7),
  [16, 24],
  "int32",
);

test.each([false, true])(
  "trains in tf.sequential with model.fit, leaving nothing (maskZero %s)",
  async (maskZero) => {
    const model = smallModel(maskZero);
    model.compile({ optimizer: tf.train.adam(0.02), loss: "sparseCategoricalCrossentropy" });
    const targets = tf.tidy(() => tf.cast(tf.expandDims(tokens, -1), "float32"));
    const fit = (epochs: number) =>
      model.fit(tokens, targets, { epochs, batchSize: 8, verbose: 0, shuffle: false });
    const { history } = await fit(30);
    const losses = history["loss"] as number[];
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
    const before = tf.memory().numTensors;
    await fit(1);
    expect(tf.memory().numTensors).toBe(before);
    expectNoLeak(() => model.predict(tokens) as tf.Tensor);
    targets.dispose();
    model.dispose();
  },
);

test("every weight of both layers is trained", () => {
  const model = smallModel();
  tf.tidy(() => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    expect(variables).toHaveLength(1 + 3 + 4 + 2);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(tokens, { training: true }) as tf.Tensor)) as tf.Scalar,
      variables,
    );
    const idle = Object.keys(grads).filter((name) => tf.max(tf.abs(grads[name]!)).dataSync()[0] === 0);
    expect(idle).toEqual([]);
  });
  model.dispose();
});

test("hashes anew on every training call, and always alike outside training", () => {
  tf.tidy(() => {
    const layer = lshSelfAttention({ numHeads: 1, chunkLength: 4, numBuckets: 8 });
    const x = normal([1, 64, 8], 3);
    const run = (training: boolean) => layer.apply(x, { training }) as tf.Tensor;
    expect(run(false)).toBeAllClose(run(false), { absolute: 0, relative: 0 });
    expect(run(true)).not.toBeAllClose(run(true));
  });
});

test.each([true, false])("what stands for padding changes no other token, if masked (%s)", (maskZero) => {
  const model = smallModel(maskZero);
  tf.tidy(() => {
    const padded = tf.tensor2d(
      Int32Array.from({ length: 24 }, (_, i) => (i < 9 ? 0 : 1 + (i % 6))),
      [1, 24],
      "int32",
    );
    const real = () => tf.slice(model.predict(padded) as tf.Tensor, [0, 9, 0], [1, 15, 7]);
    const before = real();
    const [table, ...rest] = model.getWeights();
    const ofPadding = tf.oneHot([0], 7);
    model.setWeights([tf.add(table!, tf.transpose(ofPadding as tf.Tensor2D)), ...rest]);
    const change = tf.max(tf.abs(tf.sub(real(), before))).dataSync()[0]!;
    expect(change === 0).toBe(maskZero);
  });
  model.dispose();
});

test("a saved model loads with its weights and its configuration", async () => {
  const model = smallModel();
  const expected = model.predict(tokens) as tf.Tensor;
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  // As it would come from a file.
  const modelTopology = JSON.parse(JSON.stringify(artifacts!.modelTopology)) as object;
  const loaded = (await loadLayersModel(tf.io.fromMemory({ ...artifacts!, modelTopology }))) as Sequential;
  expect(loaded.predict(tokens) as tf.Tensor).toBeAllClose(expected, { absolute: 0, relative: 0 });
  expect(loaded.toJSON(null, false)).toEqual(model.toJSON(null, false));
  expected.dispose();
  model.dispose();
  loaded.dispose();
});

test("mistakes are said in one sentence", () => {
  const options = { numHeads: 3, chunkLength: 4, name: "odd" };
  expect(() => lshSelfAttention(options).build([null, 7])).toThrow(
    'the input of layer "odd" is of shape [any, 7], but must be [batch, length, width], with a fixed width.',
  );
  expect(() => localSelfAttention(options).build([null, 9, 8])).toThrow(
    "numHeads is 3, but must be a divisor of the input's width 8, unless dHead is given.",
  );
  expect(() => lshSelfAttention({ ...options, numBuckets: 5 })).toThrow(
    "numBuckets is [5], but must be an even",
  );
  expect(() => lshSelfAttention({ ...options, chunkLength: 0 })).toThrow("chunkLength is 0");
  expect(() => lshSelfAttention({ ...options, dropout: 1 })).toThrow("dropout.rate is 1");
});
