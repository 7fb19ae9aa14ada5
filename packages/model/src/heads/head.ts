/** What every way of answering from the two streams has in common. */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { GradientSink, Streams } from "@reformer-ts/reversible";

export interface Head {
  /** `[rows, dModel]` twice to logits `[rows, classes]`, for few rows; the caller owns them. */
  logits(x1: Tensor2D, x2: Tensor2D): Tensor2D;
  /** Summed negative log-likelihood in nats over targets that are not negative; the caller owns it. */
  nats(streams: Streams, targets: Int32Array): Scalar;
  /** The same and its gradients divided by `count`; those of the streams, each `[batch, length, dModel]`, are returned. */
  natsAndGrad(
    streams: Streams,
    targets: Int32Array,
    count: number,
    sink: GradientSink,
  ): { nats: Scalar; d1: Tensor; d2: Tensor };
}
