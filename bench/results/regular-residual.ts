/**
 * The same functions in an ordinary residual network: one stream, nothing rebuilt, as many parameters. It is what the
 * paper compares reversible layers with, and nothing but a measure here.
 */
import type { Batch, Reformer } from "@reformer-ts/model";
import type { GradientSink } from "@reformer-ts/reversible";
import * as tf from "@tensorflow/tfjs-core";

/** Both halves of the last layer's norm and head see the one stream. */
export function regularLossAndGradients(
  model: Reformer,
  batch: Batch,
  { seed, sink }: { seed: number; sink: GradientSink },
): tf.Scalar {
  const pass = { training: true };
  const embed = model.embedding(pass);
  const halves = model.blocks(pass).flatMap(({ f, g }) => [f, g]);
  const tokens = tf.tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
  let x: tf.Tensor = embed.forward(tokens, seed);
  const kept = halves.map((half, i) => {
    const ran = half.keep(x, seed * 1000 + i);
    x = replaced(x, ran.y);
    return ran;
  });
  const { nats, d1, d2 } = model.head.natsAndGrad(
    { x1: x, x2: x },
    batch.targets,
    batch.targets.length,
    sink,
  );
  let dx = replaced(d1, d2);
  for (const ran of kept.toReversed()) dx = replaced(dx, ran.vjp(dx, sink));
  embed.pull(tokens, dx as tf.Tensor3D, seed, sink);
  const loss = tf.tidy(() => tf.div(nats, batch.targets.length) as tf.Scalar);
  tf.dispose([tokens, x, dx, nats]);
  return loss;
}

/** The same without gradients, summed over all targets. */
export function regularNats(model: Reformer, batch: Batch): tf.Scalar {
  return tf.tidy(() => {
    const seed = model.config.hashSeed;
    const pass = { training: false };
    const halves = model.blocks(pass).flatMap(({ f, g }) => [f, g]);
    const tokens = tf.tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
    let x: tf.Tensor = model.embedding(pass).forward(tokens, seed);
    halves.forEach((half, i) => {
      x = tf.add(x, half.forward(x, seed + i).y);
    });
    return model.head.nats({ x1: x, x2: x }, batch.targets);
  });
}

/** The sum, in place of both. */
function replaced(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const sum = tf.add(a, b);
  tf.dispose([a, b]);
  return sum;
}
