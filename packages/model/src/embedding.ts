/** Tokens and positions to vectors: `x = dropout(tokens) + positions`, with its gradient. */
import {
  add,
  cast,
  concat,
  dispose,
  fill,
  gather,
  matMul,
  oneHot,
  reshape,
  slice,
  tidy,
  unsortedSegmentSum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { GradientSink } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import { dropout } from "./dropout";
import { hasKernel, runWriteRows } from "./kernels/dispatch";
import { modelKernelNames } from "./kernels/names";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";
import { positionEncoding } from "./positions";

export interface Embedding {
  /**
   * @param tokens `[batch, length]` int32
   * @param start position of the first token
   * @returns `[batch, length, dModel]`; the caller owns it
   */
  forward(tokens: Tensor2D, seed: number, start?: number): Tensor3D;
  /** Hands the gradients of the tables to `sink`. */
  pull(tokens: Tensor2D, dx: Tensor3D, seed: number, sink: GradientSink): void;
}

/** Up to this vocabulary the table's gradient is a product with one-hot rows, which beats summing by segment. */
const oneHotLimit = 1024;
/** Rows of the one-hot matrix that exist at a time. */
const pieceLength = 4096;
/** Positions that are embedded at a time: what a position's vector is put together from exists for these alone. */
const embeddedLength = 32_768;

export function embedding(config: ReformerConfig, parameters: Parameters, pass: Pass): Embedding {
  const { vocabSize, dModel } = config;
  const { hiddenDropout: rate } = dropoutRates(config, pass);
  const positions = positionEncoding(config, parameters);
  const name = "embedding.tokens";
  const factored = config.embeddingDims !== null;
  const projection = () => parameters.get("embedding.projection") as Tensor2D;
  /** `[rows, embeddingDims]` */
  const rowsOf = (tokens: Tensor2D) => gather(parameters.get(name), reshape(tokens, [-1])) as Tensor2D;
  const project = (tokens: Tensor2D) =>
    reshape(matMul(rowsOf(tokens), projection()), [...tokens.shape, dModel]);
  const seedOf = (seed: number) => deriveSeed(seed, "embedding");
  const embedWhole = (tokens: Tensor2D, seed: number, start: number) =>
    tidy(() => {
      const looked = factored ? project(tokens) : gather(parameters.get(name), tokens);
      const vectors = dropout(looked as Tensor3D, rate, seedOf(seed));
      return positions ? (add(vectors, positions.forward(tokens.shape[1], start)) as Tensor3D) : vectors;
    });
  return {
    forward(tokens, seed, start = 0) {
      const length = tokens.shape[1];
      // Dropout counts numbers from the first on, so it takes the sequence whole.
      if (rate > 0 || length <= embeddedLength) return embedWhole(tokens, seed, start);
      const starts = Array.from({ length: Math.ceil(length / embeddedLength) }, (_, i) => i * embeddedLength);
      const pieceAt = (from: number) =>
        tidy(() => {
          const piece = slice(tokens, [0, from], [-1, Math.min(embeddedLength, length - from)]);
          return embedWhole(piece, seed, start + from);
        });
      if (!hasKernel(modelKernelNames.writeRows)) {
        const pieces = starts.map(pieceAt);
        const whole = concat(pieces, 1);
        dispose(pieces);
        return whole;
      }
      return starts.reduce<Tensor>(
        (whole, from) => {
          const rows = pieceAt(from);
          const written = runWriteRows({ stream: whole, rows }, { start: from });
          rows.dispose();
          return written;
        },
        fill([tokens.shape[0], length, dModel], 0),
      ) as Tensor3D;
    },
    pull(tokens, dx, seed, sink) {
      positions?.pull(dx, sink);
      const gradients: { table: Tensor; projection?: Tensor } = tidy(() => {
        const rows = reshape(dropout(dx, rate, seedOf(seed)), [-1, dModel]) as Tensor2D;
        const dVectors = factored ? (matMul(rows, projection(), false, true) as Tensor2D) : rows;
        return {
          table: tableGradient(reshape(tokens, [-1]) as Tensor1D, dVectors, vocabSize),
          ...(factored ? { projection: matMul(rowsOf(tokens), rows, true) } : {}),
        };
      });
      sink(name, gradients.table);
      if (gradients.projection) sink("embedding.projection", gradients.projection);
    },
  };
}

/** Sums the rows of `gradients` by token: `[rows]`, `[rows, width]` to `[vocabSize, width]`. */
function tableGradient(tokens: Tensor1D, gradients: Tensor2D, vocabSize: number): Tensor {
  if (vocabSize > oneHotLimit) return unsortedSegmentSum(gradients, tokens, vocabSize);
  const length = tokens.shape[0];
  let total: Tensor | null = null;
  for (let start = 0; start < length; start += pieceLength) {
    const size = Math.min(pieceLength, length - start);
    const piece: Tensor = tidy(() => {
      const hits = cast(oneHot(slice(tokens, start, size), vocabSize), "float32") as Tensor2D;
      const sum = matMul(hits, slice(gradients, [start, 0], [size, -1]), true);
      return total ? add(total, sum) : sum;
    });
    (total as Tensor | null)?.dispose();
    total = piece;
  }
  return total!;
}
