/**
 * A Reformer in a hundred lines, from the two packages that hold its ideas: attention by hashing, and layers that store nothing.
 * It learns the paper's task, to repeat what it read. `@reformer-ts/model` is this, with everything that a product needs.
 *
 *     npm start
 */
import * as tf from "@tensorflow/tfjs";
import { batches, copyTask } from "@reformer-ts/data";
import { lshAttention } from "@reformer-ts/lsh";
import { autogradResidual, parametersOf, reversibleStack } from "@reformer-ts/reversible";

tf.env().set("PROD", true); // tfjs says nothing of faster backends: for tensors this small plain JavaScript will do
const [length, numSymbols, dModel, numHeads, numLayers] = [32, 7, 32, 2, 2];
const dHead = dModel / numHeads;
const vocabSize = numSymbols + 1;

const weight = (name, shape, deviation = 1 / Math.sqrt(shape[0])) =>
  tf.variable(tf.randomNormal(shape, 0, deviation), true, name);

/** Each position by itself to mean 0 and deviation 1. */
function layerNorm(x) {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-6)));
}

/** `[batch, length, from]` to `[batch, length, to]` */
const project = (x, w) =>
  tf.reshape(tf.matMul(tf.reshape(x, [-1, w.shape[0]]), w), [...x.shape.slice(0, -1), w.shape[1]]);

/** `[batch, length, dModel]` to `[batch, heads, length, depth]`, and back */
const split = (x) => tf.transpose(tf.reshape(x, [-1, length, numHeads, dHead]), [0, 2, 1, 3]);
const merge = (x) => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [-1, length, dModel]);

/** Queries hash and sort themselves; where two rounds are drawn, what one misses the other may find. */
function attention(layer) {
  const names = ["queryKey", "value", "output"].map((name) => `${layer}.${name}`);
  const [queryKey, value, output] = names.map((name) => weight(name, [dModel, dModel]));
  const run = (x, seed) => {
    const normal = layerNorm(x);
    const options = { chunkLength: 8, numBuckets: 8, numHashes: 2, seed };
    return project(
      merge(lshAttention(split(project(normal, queryKey)), split(project(normal, value)), options)),
      output,
    );
  };
  return autogradResidual(run, { [names[0]]: queryKey, [names[1]]: value, [names[2]]: output });
}

function feedForward(layer) {
  const [inner, outer] = [
    weight(`${layer}.inner`, [dModel, 2 * dModel]),
    weight(`${layer}.outer`, [2 * dModel, dModel]),
  ];
  const run = (x) => project(tf.relu(project(layerNorm(x), inner)), outer);
  return autogradResidual(run, { [`${layer}.inner`]: inner, [`${layer}.outer`]: outer });
}

const blocks = Array.from({ length: numLayers }, (_, i) => ({
  f: attention(`attention${i}`),
  g: feedForward(`forward${i}`),
}));
const stack = reversibleStack(blocks, parametersOf(blocks));
const tokens = weight("tokens", [vocabSize, dModel], 0.3);
const positions = weight("positions", [length, dModel], 0.3);
const head = weight("head", [2 * dModel, vocabSize]);

/** `[batch, length]` to `[batch, length, vocabSize]` */
function logits(ids, seed) {
  const embedded = tf.reshape(tf.matMul(tf.oneHot(tf.reshape(ids, [-1]), vocabSize), tokens), [
    -1,
    length,
    dModel,
  ]);
  const x = tf.add(embedded, positions);
  const [y1, y2] = stack(x, x, { seed });
  return project(layerNorm(tf.concat([y1, y2], -1)), head);
}

/** Mean of what counts: targets of -1 do not. */
function lossOf({ inputs, targets, shape }, seed) {
  const answers = tf.oneHot(
    tf.tensor1d(
      targets.map((target) => Math.max(target, 0)),
      "int32",
    ),
    vocabSize,
  );
  const counts = tf.tensor1d(Float32Array.from(targets, (target) => (target < 0 ? 0 : 1)));
  const logProbabilities = tf.logSoftmax(
    tf.reshape(logits(tf.tensor2d(inputs, shape, "int32"), seed), [-1, vocabSize]),
  );
  return tf.div(tf.neg(tf.sum(tf.mul(tf.sum(tf.mul(answers, logProbabilities), 1), counts))), tf.sum(counts));
}

const steps = Number(process.env.STEPS ?? 150);
const reader = batches(copyTask({ length, numSymbols, seed: 1 }), { batch: 8 });
const optimizer = tf.train.adam(0.004);
for (let step = 1; step <= steps; step++) {
  const batch = reader.next();
  const loss = optimizer.minimize(() => lossOf(batch, step), true);
  if (step === 1 || step % 50 === 0 || step === steps)
    console.log(`step ${step}, loss ${(await loss.data())[0].toFixed(3)}`);
  loss.dispose();
}
