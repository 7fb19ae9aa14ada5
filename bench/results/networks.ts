/**
 * The same layers, wired in four ways. The paper compares a reversible network with an ordinary residual one of equal width; between
 * the two stand networks that differ from one of them in what the head sees. All are nothing but a measure here.
 */
import {
  evaluateBatch,
  lossAndGradients,
  type Batch,
  type GradientOptions,
  type Reformer,
} from "@reformer-ts/model";
import type { GradientSink } from "@reformer-ts/reversible";
import * as tf from "@tensorflow/tfjs-core";

export interface Network {
  /** Mean nats of a token, owned by the caller; gradients of all parameters go to the sink. */
  lossAndGradients(model: Reformer, batch: Batch, options: Pick<GradientOptions, "seed" | "sink">): tf.Scalar;
  /** Nats summed over all targets, owned by the caller. */
  nats(model: Reformer, batch: Batch): tf.Scalar;
}

/** Attention's outputs add up to one stream, the feed-forward layers' to the other, and the head sees both. */
const reversible: Network = {
  lossAndGradients,
  nats: (model, batch) => evaluateBatch(model, batch).nats,
};

/** The same, but the head sees twice the mean of the streams. */
const reversibleMean: Network = {
  lossAndGradients: (model, batch, options) => lossAndGradients(headOnMean(model), batch, options),
  nats: (model, batch) => reversible.nats(headOnMean(model), batch),
};

export const networks = {
  reversible,
  reversibleMean,
  ordinary: residual("stream"),
  ordinarySums: residual("sums"),
} as const;

/**
 * One stream, to which every half adds, and from which it reads.
 *
 * @param headSees `stream`: it, twice over; `sums`: what attention added to the embedding, beside what the feed-forward
 * layers added to it, as a reversible network's head does
 */
function residual(headSees: "stream" | "sums"): Network {
  const run = (model: Reformer, batch: Batch, training: boolean, visit: Visit) => {
    const pass = { training };
    const halves = model.blocks(pass).flatMap(({ f, g }) => [f, g]);
    const tokens = tf.tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
    let x: tf.Tensor = model.embedding(pass).forward(tokens, 0);
    const sums: tf.Tensor[] = headSees === "sums" ? [x.clone(), x.clone()] : [];
    halves.forEach((half, i) => {
      const y = visit(half, x, i);
      if (headSees === "sums") sums[i % 2] = replaced(sums[i % 2]!, y.clone());
      x = replaced(x, y);
    });
    if (headSees === "stream") return { tokens, streams: { x1: x, x2: x.clone() } };
    x.dispose();
    return { tokens, streams: { x1: sums[0]!, x2: sums[1]! } };
  };
  return {
    lossAndGradients(model, batch, { seed, sink }) {
      const kept: Kept[] = [];
      const { tokens, streams } = run(model, batch, true, (half, x, i) => {
        const ran = half.keep(x, seed * 1000 + i);
        kept.push(ran);
        return ran.y;
      });
      const count = batch.targets.length;
      const { nats, d1, d2 } = model.head.natsAndGrad(streams, batch.targets, count, sink);
      // What the head asks of the stream, and of what attention and feed-forward layers added to it.
      const ofHead = [d1, d2];
      let dx: tf.Tensor = headSees === "stream" ? tf.add(d1, d2) : tf.zerosLike(d1);
      kept.toReversed().forEach((ran, back) => {
        const i = kept.length - 1 - back;
        const dy = headSees === "stream" ? dx.clone() : tf.add(dx, ofHead[i % 2]!);
        dx = replaced(dx, ran.vjp(dy, sink));
        dy.dispose();
      });
      if (headSees === "sums") dx = replaced(replaced(dx, d1.clone()), d2.clone());
      model.embedding({ training: true }).pull(tokens, dx as tf.Tensor3D, 0, sink);
      const loss = tf.tidy(() => tf.div(nats, count) as tf.Scalar);
      tf.dispose([tokens, streams.x1, streams.x2, d1, d2, dx, nats]);
      return loss;
    },
    nats: (model, batch) =>
      tf.tidy(() => {
        const { streams } = run(
          model,
          batch,
          false,
          (half, x, i) => half.forward(x, model.config.hashSeed + i).y,
        );
        return model.head.nats(streams, batch.targets);
      }),
  };
}

type Half = ReturnType<Reformer["blocks"]>[number]["f"];
type Kept = ReturnType<Half["keep"]>;
/** @returns what the half makes of `x` */
type Visit = (half: Half, x: tf.Tensor, index: number) => tf.Tensor;

function headOnMean(model: Reformer): Reformer {
  const { head } = model;
  const mean = (a: tf.Tensor, b: tf.Tensor) => tf.tidy(() => tf.mul(tf.add(a, b), 0.5));
  const natsAndGrad = (
    { x1, x2 }: { x1: tf.Tensor; x2: tf.Tensor },
    targets: Int32Array,
    count: number,
    sink: GradientSink,
  ) => {
    const middle = mean(x1, x2);
    const { nats, d1, d2 } = head.natsAndGrad({ x1: middle, x2: middle }, targets, count, sink);
    const half = mean(d1, d2);
    tf.dispose([middle, d1, d2]);
    return { nats, d1: half, d2: half.clone() };
  };
  const nats = ({ x1, x2 }: { x1: tf.Tensor; x2: tf.Tensor }, targets: Int32Array) =>
    tf.tidy(() => {
      const middle = mean(x1, x2);
      return head.nats({ x1: middle, x2: middle }, targets);
    });
  return { ...model, head: { ...head, nats, natsAndGrad } };
}

/** The sum, in place of both. */
function replaced(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const sum = tf.add(a, b);
  tf.dispose([a, b]);
  return sum;
}
