/**
 * From the two streams to the next token (or, unmasked, to the token itself): LayerNorm, projection to the vocabulary,
 * comparison. It all acts on single positions, so it runs on pieces: logits of shape `[length, vocabSize]` never exist
 * whole, and every piece's gradient is taken while its logits are still there.
 */
import {
  add,
  concat,
  reshape,
  scalar,
  slice,
  stack,
  sum,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { Streams } from "@reformer-ts/reversible";
import type { ReformerConfig } from "../config";
import { disposeNorm } from "../layer-norm";
import type { Parameters } from "../parameters";
import { summingSink } from "../residual";
import { crossEntropy, crossEntropyAndGrad } from "./cross-entropy";
import { finalNorm, type FinalNorm } from "./final-norm";
import { fitsFusedTokenHead, fusedNatsAndGrad } from "./fused-token-head";
import type { Head } from "./head";
import { vocabularyProjection } from "./vocabulary-projection";

const pieceLength = 2048;

/** @param otherNorm from the two streams to what is projected, in place of the norm of both together */
export function tokenHead(config: ReformerConfig, parameters: Parameters, otherNorm?: FinalNorm): Head {
  const { dModel } = config;
  const norm = otherNorm ?? finalNorm(config, parameters);
  const projection = vocabularyProjection(config, parameters);
  const fused = fusedNatsAndGrad(config, parameters);

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

  const pieceGrad = (piece: [Tensor2D, Tensor2D], targets: Int32Array, count: number) =>
    tidy(() => {
      const { y, state } = norm.forward(...piece);
      const { nats, dLogits } = crossEntropyAndGrad(projection.logits(y), targets, count);
      const { dNormalized, gradients: ofProjection } = projection.grad(y, dLogits);
      const { d1, d2, gradients } = norm.grad(dNormalized, state);
      Object.assign(gradients, ofProjection);
      return { nats, d1, d2, gradients };
    });

  const logits = (x1: Tensor2D, x2: Tensor2D) => {
    const { y, state } = norm.forward(x1, x2);
    const projected = projection.logits(y);
    y.dispose();
    disposeNorm(state);
    return projected;
  };

  return {
    logits,

    nats(streams, targets) {
      let total: Scalar = scalar(0);
      for (const { piece, targets: expected } of pieces(streams, targets)) {
        const sumWithPiece = tidy(() => add(total, crossEntropy(logits(...piece), expected)) as Scalar);
        total.dispose();
        total = sumWithPiece;
      }
      return total;
    },

    natsAndGrad(streams, targets, count, sink) {
      if (!otherNorm && fitsFusedTokenHead(config)) return fused(streams, targets, count, sink);
      const summed = summingSink();
      const parts: { nats: Scalar; d1: Tensor; d2: Tensor }[] = [];
      for (const { piece, targets: expected } of pieces(streams, targets)) {
        const { gradients, ...part } = pieceGrad(piece, expected, count);
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
