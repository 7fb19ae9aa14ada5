/**
 * A reversible convolutional network (Gomez et al., 2017): four blocks that keep the activations of one. It learns whether a
 * stripe is horizontal or vertical.
 *
 *     npm start
 */
import * as tf from "@tensorflow/tfjs";
import { autogradResidual, parametersOf, reversibleStack } from "@reformer-ts/reversible";

tf.env().set("PROD", true); // tfjs says nothing of faster backends: for tensors this small plain JavaScript will do
const [size, channels, depth] = [8, 4, 4];

let seed = 1;
const normal = (shape, deviation) => tf.randomNormal(shape, 0, deviation, "float32", seed++);
const half = (name) => {
  const filter = tf.variable(normal([3, 3, channels, channels], 0.12), true, name);
  return autogradResidual((x) => tf.relu(tf.conv2d(x, filter, 1, "same")), { [name]: filter });
};
const blocks = Array.from({ length: depth }, (_, i) => ({ f: half(`f${i}`), g: half(`g${i}`) }));
const stack = reversibleStack(blocks, parametersOf(blocks));
const stem = tf.variable(normal([3, 3, 1, channels], 0.3));
const out = tf.variable(normal([channels, 2], 0.3));

function logits(images) {
  const x = tf.conv2d(images, stem, 1, "same");
  const [y1, y2] = stack(x, x, { seed: 0 });
  return tf.matMul(tf.mean(tf.add(y1, y2), [1, 2]), out);
}

/** A bright row or column in noise. */
function batch(count) {
  return tf.tidy(() => {
    const vertical = tf.cast(tf.less(tf.randomUniform([count], 0, 1, "float32", seed++), 0.5), "float32");
    const at = tf.oneHot(tf.randomUniform([count], 0, size, "int32", seed++), size);
    const rows = tf.tile(tf.reshape(at, [count, size, 1]), [1, 1, size]);
    const stripes = tf.add(
      tf.mul(rows, tf.reshape(tf.sub(1, vertical), [count, 1, 1])),
      tf.mul(tf.transpose(rows, [0, 2, 1]), tf.reshape(vertical, [count, 1, 1])),
    );
    const images = tf.add(tf.expandDims(stripes, 3), normal([count, size, size, 1], 0.2));
    return [images, tf.oneHot(tf.cast(vertical, "int32"), 2)];
  });
}

const optimizer = tf.train.adam(0.01);
const losses = [];
for (let step = 1; step <= 30; step++) {
  const [images, labels] = batch(16);
  const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, logits(images)), true);
  losses.push((await loss.data())[0]);
  tf.dispose([images, labels, loss]);
  if (step % 5 === 0) console.log(`step ${step}, loss ${losses.at(-1).toFixed(3)}`);
}
console.log(
  `from ${losses[0].toFixed(3)} to ${losses.at(-1).toFixed(3)} in ${losses.length} steps, through ${depth} blocks`,
);
