/**
 * From normalised streams to logits over the vocabulary: by a weight of the head's own, or, with `tieEmbeddings`, by the
 * token table itself: a token is as likely as its row agrees with the mean of the two streams. Rows are drawn with unit
 * deviation, so the product is divided by the root of their width.
 */
import {
  add,
  concat,
  matMul,
  mul,
  slice,
  sum,
  tidy,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";

export interface VocabularyProjection {
  /** `[rows, 2 dModel]` to `[rows, vocabSize]`; the caller owns it. */
  logits(normalized: Tensor2D): Tensor2D;
  /** Gradients of the input and, by name, of the parameters; the caller owns them. */
  grad(normalized: Tensor2D, dLogits: Tensor2D): { dNormalized: Tensor2D; gradients: Record<string, Tensor> };
}

export function vocabularyProjection(config: ReformerConfig, parameters: Parameters): VocabularyProjection {
  const { headBias } = config;
  const unbiased = config.tieEmbeddings ? byTable(config, parameters) : byWeight(parameters);
  return {
    logits: (normalized) =>
      tidy(() => {
        const logits = unbiased.logits(normalized);
        return headBias ? (add(logits, parameters.get("head.bias")) as Tensor2D) : logits;
      }),
    grad: (normalized, dLogits) =>
      tidy(() => {
        const { dNormalized, gradients } = unbiased.grad(normalized, dLogits);
        const bias = headBias ? { "head.bias": sum(dLogits, 0) } : {};
        return { dNormalized, gradients: { ...gradients, ...bias } as Record<string, Tensor> };
      }),
  };
}

function byWeight(parameters: Parameters): VocabularyProjection {
  const weight = () => parameters.get("head.weight") as Tensor2D;
  return {
    logits: (normalized) => matMul(normalized, weight()),
    grad: (normalized, dLogits) => ({
      dNormalized: matMul(dLogits, weight(), false, true),
      gradients: { "head.weight": matMul(normalized, dLogits, true) },
    }),
  };
}

function byTable({ dModel, embeddingDims }: ReformerConfig, parameters: Parameters): VocabularyProjection {
  const factored = embeddingDims !== null;
  const table = () => parameters.get("embedding.tokens") as Tensor2D;
  const projection = () => parameters.get("embedding.projection") as Tensor2D;
  const scale = 0.5 / Math.sqrt(embeddingDims ?? dModel);
  const meanOf = (x: Tensor2D) =>
    mul(add(slice(x, [0, 0], [-1, dModel]), slice(x, [0, dModel], [-1, dModel])), scale) as Tensor2D;
  /** `[rows, dModel]` to the width of the table. */
  const narrow = (mean: Tensor2D) => (factored ? matMul(mean, projection(), false, true) : mean) as Tensor2D;
  return {
    logits: (normalized) => matMul(narrow(meanOf(normalized)), table(), false, true),
    grad(normalized, dLogits) {
      const mean = meanOf(normalized);
      const dNarrow = matMul(dLogits, table()) as Tensor2D;
      const dMean = mul(factored ? matMul(dNarrow, projection()) : dNarrow, scale) as Tensor2D;
      return {
        dNormalized: concat([dMean, dMean], 1),
        gradients: {
          "embedding.tokens": matMul(dLogits, narrow(mean), true),
          ...(factored ? { "embedding.projection": matMul(dNarrow, mean, true) } : {}),
        },
      };
    },
  };
}
