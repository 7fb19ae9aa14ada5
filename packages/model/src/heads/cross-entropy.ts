/** Cross entropy of logits, and its gradient while the softmax is at hand. */
import {
  cast,
  logSumExp,
  mul,
  oneHot,
  reshape,
  scalar,
  softmax,
  sub,
  sum,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

/**
 * @param logits `[rows, classes]`
 * @param targets `[rows]`, a class, or -1 where nothing is asked
 * @returns the sum of negative log-likelihoods in nats; the caller owns it
 */
export function crossEntropy(logits: Tensor2D, targets: Int32Array): Scalar {
  return tidy(() => compare(logits, targets).nats);
}

/** The same, and its gradient divided by `count`, `[rows, classes]`; the caller owns both. */
export function crossEntropyAndGrad(
  logits: Tensor2D,
  targets: Int32Array,
  count: number,
): { nats: Scalar; dLogits: Tensor2D } {
  return tidy(() => {
    const { nats, hits, counted } = compare(logits, targets);
    // Divided by their own sum: exp(logits - logsumexp) adds up to 1 only as closely as the logarithm is rounded.
    const probabilities = softmax(logits);
    const weights = reshape(mul(counted, scalar(1 / count)), [-1, 1]);
    return { nats, dLogits: mul(sub(probabilities, hits), weights) as Tensor2D };
  });
}

function compare(logits: Tensor2D, targets: Int32Array) {
  const hits = cast(oneHot(tensor1d(targets, "int32"), logits.shape[1]), "float32");
  const counted = tensor1d(Float32Array.from(targets, (target) => (target < 0 ? 0 : 1)));
  const normalizer = logSumExp(logits, 1, true);
  const hit = sum(mul(logits, hits), 1);
  const nats = sum(mul(sub(reshape(normalizer, [-1]), hit), counted)) as Scalar;
  return { nats, hits, counted };
}
