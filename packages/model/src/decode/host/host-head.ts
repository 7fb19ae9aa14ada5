/** From the two streams to logits, on the host: the last LayerNorm, and the head's own weight or the token table. */
import { InputError } from "@reformer-ts/internal-checks";
import type { Reformer } from "../../reformer";
import type { HostWeights } from "./host-weights";
import { rowNorm } from "./rows";

/**
 * @returns a function from `[rows, dModel]` twice to `[rows, vocabSize]`
 * @throws InputError when the model answers with something else than tokens
 */
export async function hostHead({ config }: Reformer, { products, values, dense }: HostWeights) {
  const { dModel, vocabSize, embeddingDims, tieEmbeddings, headBias, layerNormEpsilon } = config;
  if (config.head !== "tokens")
    throw new InputError({ field: "config.head", given: config.head, allowed: "tokens to generate" });
  const norm = rowNorm(await values("norm.scale"), await values("norm.bias"), layerNormEpsilon);
  const bias = headBias ? await values("head.bias") : null;
  const normalize = (x1: Float32Array, x2: Float32Array, rows: number) => norm(sideBySide(x1, x2, rows));

  if (!tieEmbeddings) {
    const project = await dense("head.weight", 2 * dModel, vocabSize, headBias ? "head.bias" : undefined);
    return (x1: Float32Array, x2: Float32Array, rows: number) => project.apply(normalize(x1, x2, rows), rows);
  }
  const width = embeddingDims ?? dModel;
  const scale = 0.5 / Math.sqrt(width);
  const table = products.dense(await values("embedding.tokens"), {
    inputs: width,
    outputs: vocabSize,
    transposed: true,
    bias,
  });
  const narrow =
    embeddingDims === null
      ? null
      : products.dense(await values("embedding.projection"), {
          inputs: dModel,
          outputs: embeddingDims,
          transposed: true,
        });
  return (x1: Float32Array, x2: Float32Array, rows: number) => {
    const both = normalize(x1, x2, rows);
    const mean = Float32Array.from({ length: rows * dModel }, (_, i) => {
      const at = Math.floor(i / dModel) * 2 * dModel + (i % dModel);
      return (both[at]! + both[at + dModel]!) * scale;
    });
    return table.apply(narrow ? narrow.apply(mean, rows) : mean, rows);
  };
}

/** `[rows, dModel]` twice to `[rows, 2 dModel]` */
function sideBySide(x1: Float32Array, x2: Float32Array, rows: number): Float32Array {
  const width = x1.length / rows;
  const both = new Float32Array(2 * x1.length);
  for (let row = 0; row < rows; row++) {
    both.set(x1.subarray(row * width, (row + 1) * width), 2 * row * width);
    both.set(x2.subarray(row * width, (row + 1) * width), (2 * row + 1) * width);
  }
  return both;
}
