/** The layers of both libraries in one model of tfjs-layers: attention inside reversible blocks. */
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential, type Sequential } from "@tensorflow/tfjs-layers";
import { localSelfAttention, lshSelfAttention } from "@reformer-ts/lsh/layers";
import { reversibleBlocks } from "@reformer-ts/reversible/layers";
import { expect, it } from "vitest";

function build(keepLayers: number): Sequential {
  const model = sequential();
  const attention = { numHeads: 2, chunkLength: 4, dropout: 0.2 };
  const blocks = [
    { f: lshSelfAttention({ ...attention, numHashes: 2, numBuckets: 4 }), g: layers.dense({ units: 8 }) },
    { f: localSelfAttention(attention), g: layers.dense({ units: 8, activation: "tanh" }) },
  ];
  model.add(layers.dense({ units: 16, inputShape: [32, 5] }));
  model.add(reversibleBlocks({ blocks, keepLayers, seed: 3 }));
  return model;
}

it("replays rotations and dropout: rebuilt blocks give the gradients of kept ones", () => {
  const [rebuilt, kept] = [build(0), build(2)];
  kept.setWeights(rebuilt.getWeights());
  tf.tidy(() => {
    const x = tf.randomNormal([2, 32, 5], 0, 1, "float32", 6);
    const gradientsOf = (model: Sequential) => {
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
        variables,
      );
      return variables.map(({ name }) => grads[name]!);
    };
    const expected = gradientsOf(kept);
    expect(expected).toHaveLength(2 + 3 + 2 + 4 + 2);
    gradientsOf(rebuilt).forEach((gradient, i) => {
      const error = tf.div(tf.norm(tf.sub(gradient, expected[i]!)), tf.norm(expected[i]!));
      expect(error.dataSync()[0]).toBeLessThan(1e-5);
    });
  });
  rebuilt.dispose();
  kept.dispose();
});
