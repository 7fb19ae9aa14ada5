/**
 * From the two streams to predictions: concatenate, LayerNorm, project to the vocabulary, and compare. It all acts on
 * single positions, so it runs on pieces: logits of shape `[length, vocabSize]` never exist whole, and every piece's
 * gradient is taken while its logits are still there.
 */
import {
  add,
  cast,
  concat,
  exp,
  logSumExp,
  matMul,
  mul,
  oneHot,
  reshape,
  scalar,
  slice,
  stack,
  sub,
  sum,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { summingSink } from "./residual";
import type { GradientSink, Streams } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import { disposeNorm, layerNorm, layerNormGrad, type NormState } from "./layer-norm";
import type { Parameters } from "./parameters";

export interface Head {
  /** `[rows, dModel]` twice to logits `[rows, vocabSize]`, for few rows; the caller owns them. */
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

const pieceLength = 2048;

export function head(config: ReformerConfig, parameters: Parameters): Head {
  const { dModel, vocabSize, layerNormEpsilon, headBias } = config;
  const get = (name: string) => parameters.get(name) as Tensor2D;

  const normalize = (x1: Tensor2D, x2: Tensor2D) => {
    const both = concat([x1, x2], 1) as Tensor2D;
    const normalized = layerNorm(both, get("norm.scale"), get("norm.bias"), layerNormEpsilon);
    both.dispose();
    return normalized;
  };
  const project = (normalized: Tensor2D) =>
    tidy(() => {
      const logits = matMul(normalized, get("head.weight")) as Tensor2D;
      return headBias ? (add(logits, get("head.bias")) as Tensor2D) : logits;
    });

  function* pieces({ x1, x2 }: Streams, targets: Int32Array) {
    const rows1 = reshape(x1, [-1, dModel]) as Tensor2D;
    const rows2 = reshape(x2, [-1, dModel]) as Tensor2D;
    for (let start = 0; start < targets.length; start += pieceLength) {
      const size = Math.min(pieceLength, targets.length - start);
      const piece = [rows1, rows2].map((rows) => slice(rows, [start, 0], [size, -1])) as [Tensor2D, Tensor2D];
      yield { piece, targets: targets.subarray(start, start + size) };
      for (const tensor of piece) tensor.dispose();
    }
    rows1.dispose();
    rows2.dispose();
  }

  /** Nats of one piece and, of each row, what its softmax needs. */
  const compare = (logits: Tensor2D, targets: Int32Array) => {
    const hits = cast(oneHot(tensor1d(targets, "int32"), vocabSize), "float32") as Tensor2D;
    const counted = tensor1d(Float32Array.from(targets, (target) => (target < 0 ? 0 : 1)));
    const normalizer = logSumExp(logits, 1, true) as Tensor2D;
    const hit = sum(mul(logits, hits), 1);
    const nats = sum(mul(sub(reshape(normalizer, [-1]), hit), counted)) as Scalar;
    return { nats, hits, counted, normalizer };
  };

  const grad = (
    logits: Tensor2D,
    targets: Int32Array,
    normalized: Tensor2D,
    state: NormState,
    count: number,
  ) => {
    const { nats, hits, counted, normalizer } = compare(logits, targets);
    const probabilities = exp(sub(logits, normalizer));
    const weights = reshape(mul(counted, scalar(1 / count)), [-1, 1]);
    const dLogits = mul(sub(probabilities, hits), weights) as Tensor2D;
    const { dx, dScale, dBias } = layerNormGrad(
      matMul(dLogits, get("head.weight"), false, true) as Tensor2D,
      get("norm.scale"),
      state,
    );
    return {
      nats,
      d1: slice(dx, [0, 0], [-1, dModel]),
      d2: slice(dx, [0, dModel], [-1, dModel]),
      gradients: {
        "head.weight": matMul(normalized, dLogits, true),
        ...(headBias ? { "head.bias": sum(dLogits, 0) } : {}),
        "norm.scale": dScale,
        "norm.bias": dBias,
      } as Record<string, Tensor>,
    };
  };

  return {
    logits: (x1, x2) => {
      const { y, state } = normalize(x1, x2);
      const logits = project(y);
      y.dispose();
      disposeNorm(state);
      return logits;
    },

    nats(streams, targets) {
      let total: Scalar = scalar(0);
      for (const { piece, targets: expected } of pieces(streams, targets)) {
        const sumWithPiece = tidy(() => add(total, compare(this.logits(...piece), expected).nats) as Scalar);
        total.dispose();
        total = sumWithPiece;
      }
      return total;
    },

    natsAndGrad(streams, targets, count, sink) {
      const summed = summingSink();
      const parts: { nats: Scalar; d1: Tensor; d2: Tensor }[] = [];
      for (const { piece, targets: expected } of pieces(streams, targets)) {
        const { gradients, ...part } = tidy(() => {
          const { y, state } = normalize(...piece);
          return grad(project(y), expected, y, state, count);
        });
        parts.push(part);
        for (const [name, gradient] of Object.entries(gradients)) summed.sink(name, gradient);
      }
      summed.flush(sink);
      const joined = tidy(() => ({
        nats: sum(stack(parts.map((part) => part.nats))) as Scalar,
        d1: reshape(concat(parts.map((part) => part.d1)), streams.x1.shape),
        d2: reshape(concat(parts.map((part) => part.d2)), streams.x2.shape),
      }));
      for (const { nats, d1, d2 } of parts) for (const tensor of [nats, d1, d2]) tensor.dispose();
      return joined;
    },
  };
}
