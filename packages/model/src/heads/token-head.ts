/**
 * From the two streams to the next token (or, unmasked, to the token itself): LayerNorm, projection to the vocabulary,
 * comparison. It all acts on single positions, so it runs on pieces: logits of shape `[length, vocabSize]` never exist
 * whole, and every piece's gradient is taken while its logits are still there.
 */
import {
  add,
  concat,
  matMul,
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
import type { Head } from "./head";

const pieceLength = 2048;

/** @param norm from the two streams to what is projected; as wide as both together unless told otherwise */
export function tokenHead(
  config: ReformerConfig,
  parameters: Parameters,
  norm: FinalNorm = finalNorm(config, parameters),
): Head {
  const { dModel, headBias } = config;
  const get = (name: string) => parameters.get(name) as Tensor2D;
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

  const pieceGrad = (piece: [Tensor2D, Tensor2D], targets: Int32Array, count: number) =>
    tidy(() => {
      const { y, state } = norm.forward(...piece);
      const { nats, dLogits } = crossEntropyAndGrad(project(y), targets, count);
      const { d1, d2, gradients } = norm.grad(
        matMul(dLogits, get("head.weight"), false, true) as Tensor2D,
        state,
      );
      gradients["head.weight"] = matMul(y, dLogits, true);
      if (headBias) gradients["head.bias"] = sum(dLogits, 0);
      return { nats, d1, d2, gradients };
    });

  const logits = (x1: Tensor2D, x2: Tensor2D) => {
    const { y, state } = norm.forward(x1, x2);
    const projected = project(y);
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
