import * as tf from "@tensorflow/tfjs-core";
import { layers, loadLayersModel, sequential, type Sequential } from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import { largestError, leaked, normal } from "../../test/residuals";
import { replayRandom } from "..";
import { reversibleBlock, reversibleBlocks } from ".";

const dense = (units = 4) => layers.dense({ units, activation: "tanh" });

/** A feed-forward layer with dropout, made of layers itself. */
function feedForward(rate: number): Sequential {
  const model = sequential();
  model.add(layers.dense({ units: 6, activation: "relu", inputShape: [4] }));
  model.add(layers.dropout({ rate }));
  model.add(layers.dense({ units: 4 }));
  return model;
}

function smallModel({ keepLayers = 0, rate = 0 } = {}): Sequential {
  return replayRandom(8, () => initialised(keepLayers, rate));
}

function initialised(keepLayers: number, rate: number): Sequential {
  const model = sequential();
  model.add(layers.dense({ units: 8, inputShape: [3] }));
  const blocks = [1, 2, 3].map(() => ({ f: feedForward(rate), g: dense() }));
  model.add(reversibleBlocks({ blocks, keepLayers, seed: 6 }));
  model.add(reversibleBlock({ f: dense(), g: dense() }));
  model.add(layers.dense({ units: 1 }));
  return model;
}

/** Gradients of a training step with respect to all weights, in the order of the weights. */
function gradientsOf(model: Sequential, x: tf.Tensor): tf.Tensor[] {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
    variables,
  );
  return variables.map(({ name }) => grads[name]!);
}

test("computes y1 = x1 + f(x2), y2 = x2 + g(y1) on the halves of the last axis", () => {
  tf.tidy(() => {
    const [f, g] = [dense(), dense()];
    const block = reversibleBlock({ f, g });
    const x = normal([2, 5, 8], 1, "x");
    const y = block.apply(x) as tf.Tensor;
    const [x1, x2] = tf.split(x, 2, -1);
    const y1 = tf.add(x1!, f.apply(x2!) as tf.Tensor);
    const y2 = tf.add(x2!, g.apply(y1) as tf.Tensor);
    expect(largestError(y, tf.concat([y1, y2], -1))).toBeLessThan(1e-6);
  });
});

test("rebuilt and kept blocks give the same gradients, with dropout that has no seed of its own", () => {
  const rebuilt = smallModel({ rate: 0.5 });
  const kept = smallModel({ rate: 0.5, keepLayers: Infinity });
  kept.setWeights(rebuilt.getWeights());
  tf.tidy(() => {
    const x = normal([4, 3], 2, "x");
    const expected = gradientsOf(kept, x);
    const actual = gradientsOf(rebuilt, x);
    expect(actual).toHaveLength(2 + 3 * 6 + 4 + 2);
    actual.forEach((gradient, i) => expect(largestError(gradient, expected[i]!)).toBeLessThan(1e-5));
    // The second step draws other masks.
    const next = gradientsOf(rebuilt, x);
    expect(largestError(next[0]!, actual[0]!)).toBeGreaterThan(1e-3);
  });
  rebuilt.dispose();
  kept.dispose();
});

test("trains in tf.sequential with model.fit", async () => {
  const model = smallModel({ rate: 0.1 });
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  const x = normal([64, 3], 3, "x");
  const y = tf.tidy(() => tf.sin(tf.sum(x, 1, true)));
  const { history } = await model.fit(x, y, { epochs: 30, batchSize: 32, verbose: 0, shuffle: false });
  const losses = history["loss"] as number[];
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
  const before = tf.memory().numTensors;
  await model.fit(x, y, { epochs: 2, batchSize: 32, verbose: 0, shuffle: false });
  expect(tf.memory().numTensors).toBe(before);
  expect(leaked(() => tf.dispose(model.predict(x)))).toBe(0);
  tf.dispose([x, y]);
  model.dispose();
});

test("a saved model loads with its weights, its configuration and its seed", async () => {
  const model = smallModel({ rate: 0.5, keepLayers: Infinity });
  const x = normal([4, 3], 2, "x");
  const expected = model.predict(x) as tf.Tensor;
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  // As it would come from a file.
  const throughJson = JSON.parse(JSON.stringify(artifacts!.modelTopology)) as object;
  const loaded = (await loadLayersModel(
    tf.io.fromMemory({ ...artifacts!, modelTopology: throughJson }),
  )) as Sequential;
  expect(largestError(loaded.predict(x) as tf.Tensor, expected)).toBe(0);
  expect(loaded.toJSON(null, false)).toEqual(model.toJSON(null, false));
  tf.tidy(() => {
    // Both have been called once, so their seeds make the second call draw the same masks.
    const actual = gradientsOf(loaded, x);
    gradientsOf(model, x).forEach((gradient, i) =>
      expect(largestError(actual[i]!, gradient)).toBeLessThan(1e-6),
    );
  });
  tf.dispose([x, expected]);
  model.dispose();
  loaded.dispose();
});

test("moving averages inside a block move once per step", () => {
  const normalisation = layers.batchNormalization({ momentum: 0.5 });
  const block = reversibleBlock({ f: normalisation, g: dense() });
  tf.tidy(() => {
    const x = tf.add(normal([16, 8], 1, "x"), 2);
    tf.grad((z) => tf.sum(block.apply(z, { training: true }) as tf.Tensor))(x);
    const [movingMean] = normalisation.nonTrainableWeights;
    const [, x2] = tf.split(x, 2, -1);
    expect(largestError(movingMean!.read(), tf.mul(tf.mean(x2!, 0), 0.5))).toBeLessThan(1e-5);
  });
});

test("a frozen block has no trainable weights and still passes gradients on", () => {
  const block = reversibleBlock({ f: dense(), g: dense() });
  tf.tidy(() => {
    const x = normal([2, 8], 1, "x");
    block.apply(x);
    expect(block.trainableWeights).toHaveLength(4);
    block.trainable = false;
    expect(block.trainableWeights).toHaveLength(0);
    expect(block.nonTrainableWeights).toHaveLength(4);
    const dx = tf.grad((z) => tf.sum(block.apply(z) as tf.Tensor))(x);
    expect(largestError(dx, tf.ones([2, 8]))).toBeGreaterThan(0);
  });
});

test("mistakes are said in one sentence", () => {
  expect(() => reversibleBlock({ f: dense(), g: dense(), name: "odd" }).build([null, 7])).toThrow(
    'the input of layer "odd" is of shape [any, 7], but must be of two or more axes, the last of an even size, whose halves are the two streams.',
  );
  expect(() =>
    reversibleBlock({ f: dense(), g: layers.dense({ units: 5, name: "wide" }) }).build([null, 8]),
  ).toThrow(
    'the output of layer "wide" in a reversible block is of shape [any, 5], but must be of the shape of its input, half of the block\'s, [any, 4].',
  );
});
