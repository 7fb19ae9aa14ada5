/** Uses every package once, on whatever backend runs, and throws where a result is wrong. */
import {
  hashVectors,
  drawRotations,
  lshAttention,
  lshAttentionForward,
  lshAttentionGrad,
} from "@reformer-ts/lsh";
import { parametersOf, reversibleStack, autogradResidual } from "@reformer-ts/reversible";
import {
  adam,
  createReformer,
  generate,
  initializeParameters,
  resolveConfig,
  trainStep,
} from "@reformer-ts/model";
import { batches, copyTask } from "@reformer-ts/data";

const check = (condition, what) => {
  if (!condition) throw new Error(what);
};

/** @param gradients whether the gradients of tfjs' own operations are registered */
export async function use(tf, { gradients }) {
  const shape = [1, 2, 256, 16];
  const queryKey = tf.randomNormal(shape);
  const value = tf.randomNormal(shape);
  const options = { chunkLength: 32, numBuckets: 16, numHashes: 2, seed: 1 };
  check(String(lshAttention(queryKey, value, options).shape) === String(shape), "lsh: shape");
  const saved = lshAttentionForward(queryKey, value, options);
  const { dValue } = lshAttentionGrad(tf.onesLike(saved.output), { queryKey, value, ...saved }, options);
  check(tf.sum(tf.abs(dValue)).dataSync()[0] > 0, "lsh: no gradient");
  const rotations = drawRotations({ heads: 2, depth: 16, numHashes: 2, numBuckets: 16, seed: 1 });
  check(hashVectors(queryKey, rotations, 16).shape.at(-1) === 256, "lsh: hash");

  if (gradients) {
    const w = tf.variable(tf.randomNormal([8, 8], 0, 0.1));
    const half = () => autogradResidual((x) => tf.tanh(tf.matMul(x, w)), { w });
    const blocks = [{ f: half(), g: half() }];
    const stack = reversibleStack(blocks, parametersOf(blocks));
    const { grads } = tf.variableGrads(() => tf.sum(stack(tf.ones([2, 8]), tf.ones([2, 8]), { seed: 1 })[0]));
    check(Object.keys(grads).length === 1, "reversible: no gradient");
  }

  const config = resolveConfig({
    vocabSize: 8,
    dModel: 32,
    dFF: 32,
    layers: ["local", "lsh"],
    maxLength: 64,
    chunkLength: 8,
  });
  const parameters = initializeParameters(config, 0);
  const model = createReformer(config, parameters);
  const optimizer = adam(parameters);
  const reader = batches(copyTask({ length: 64, numSymbols: 7, seed: 1 }), { batch: 2 });
  const losses = [];
  for (let step = 1; step <= 12; step++) {
    const { inputs, targets } = reader.next();
    const { loss } = trainStep(
      model,
      optimizer,
      { inputs, targets, batch: 2, length: 64 },
      { seed: step, learningRate: 0.01 },
    );
    losses.push((await loss.data())[0]);
  }
  check(losses.at(-1) < losses[0], `model: losses ${losses}`);
  let written = 0;
  for await (const _ of generate(model, Int32Array.of(0, 1, 2), { maxTokens: 4, temperature: 0 })) written++;
  check(written === 4, "model: generates");
  return `${tf.getBackend()}, loss ${losses[0].toFixed(2)} to ${losses.at(-1).toFixed(2)}`;
}
