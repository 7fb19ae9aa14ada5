/**
 * Which of four symbols comes back again and again in noise. Attention as a layer, in a model that `tf.sequential` builds, trains and saves
 * like any other.
 */
import { lshSelfAttention } from "@reformer-ts/lsh/layers";
import { openBackend } from "../backend.mjs";

const tf = await openBackend();
const [length, classes, symbols] = [32, 4, 10];

const model = tf.sequential();
model.add(tf.layers.embedding({ inputDim: symbols, outputDim: 16, inputShape: [length] }));
model.add(lshSelfAttention({ numHeads: 2, chunkLength: 16, numHashes: 1, causal: false }));
model.add(tf.layers.globalMaxPooling1d());
model.add(tf.layers.dense({ units: classes, activation: "softmax" }));
model.compile({
  optimizer: tf.train.adam(0.02),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});

/** Noise of symbols 4 … 9, a quarter of which became one of 0 … 3: the class. */
function examples(count) {
  const random = (low, high) => low + Math.floor(Math.random() * (high - low));
  const inputs = Array.from({ length: count }, () => Array.from({ length }, () => random(classes, symbols)));
  const answers = inputs.map((sequence) => {
    const answer = random(0, classes);
    for (let i = 0; i < length / 4; i++) sequence[random(0, length)] = answer;
    return [answer];
  });
  return [tf.tensor2d(inputs, undefined, "int32"), tf.tensor2d(answers)];
}

const [inputs, answers] = examples(48);
const { history } = await model.fit(inputs, answers, { epochs: 8, batchSize: 8, verbose: 0 });
console.log(
  `accuracy ${Number(history.acc.at(-1)).toFixed(2)} after 8 passes over 48 sequences of ${length}`,
);
export const accuracy = history.acc.at(-1);
