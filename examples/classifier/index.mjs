/**
 * Which of four symbols comes back again and again in noise. LSH attention as a layer, in a model that `tf.sequential` builds, trains and saves
 * like any other.
 *
 *     npm start
 */
import * as tf from "@tensorflow/tfjs";
import { lshSelfAttention } from "@reformer-ts/lsh/layers";

tf.env().set("PROD", true); // tfjs says nothing of faster backends: for tensors this small plain JavaScript will do
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

const [inputs, answers] = examples(96);
await model.fit(inputs, answers, {
  epochs: 4,
  batchSize: 16,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, { loss, acc }) =>
      console.log(`pass ${epoch + 1}: loss ${loss.toFixed(3)}, accuracy ${acc.toFixed(2)}`),
  },
});

const [newInputs, newAnswers] = examples(32);
const [, accuracy] = model.evaluate(newInputs, newAnswers, { batchSize: 32 });
console.log(`accuracy ${(await accuracy.data())[0].toFixed(2)} on 32 new sequences of ${length}`);
const [sequence, guess] = [newInputs.arraySync()[0], tf.argMax(model.predict(newInputs), -1).dataSync()[0]];
console.log(`${sequence.join(" ")}: it is ${guess}`);
