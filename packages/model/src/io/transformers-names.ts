/** transformers' parameter names and layouts and ours: the one place where its names are known. */
import type { ReformerConfig } from "../config";
import { parameterShapes } from "../parameters";
import type { StoredTensor } from "./safetensors";

/** A parameter under both names. transformers stores dense weights `[out, in]`, we `[in, out]`. */
export interface NamePair {
  ours: string;
  theirs: string;
  transposed: boolean;
}

/** Every parameter of a model, in the order of {@link parameterShapes}. */
export function transformersNames(config: ReformerConfig): NamePair[] {
  const patterns = [...bodyPatterns, ...headPatterns[config.head]];
  return Object.keys(parameterShapes(config)).map((ours) => {
    const found = patterns.find(([pattern]) => pattern.test(ours));
    if (found === undefined) throw new Error(`transformers has no name for ${ours}`);
    const [pattern, theirs, transposed] = found;
    return { ours, theirs: ours.replace(pattern, theirs), transposed };
  });
}

const embeddings = "reformer.embeddings";
const layer = "reformer.encoder.layers.$1";

/** Pattern of our name, their name, whether their layout is transposed. */
type Pattern = [RegExp, string, boolean];

const bodyPatterns: Pattern[] = [
  [/^embedding\.tokens$/, `${embeddings}.word_embeddings.weight`, false],
  [/^embedding\.positions$/, `${embeddings}.position_embeddings.embedding.weight`, false],
  [/^embedding\.positions\.(bases\.\d+|start)$/, `${embeddings}.position_embeddings.$1`, false],
  [/^embedding\.positions\.(\d+)$/, `${embeddings}.position_embeddings.weights.$1`, false],
  [/^layers\.(\d+)\.attention\.norm\.scale$/, `${layer}.attention.layer_norm.weight`, false],
  [/^layers\.(\d+)\.attention\.norm\.bias$/, `${layer}.attention.layer_norm.bias`, false],
  [/^layers\.(\d+)\.attention\.queryKey$/, `${layer}.attention.self_attention.query_key.weight`, true],
  [/^layers\.(\d+)\.attention\.(query|key|value)$/, `${layer}.attention.self_attention.$2.weight`, true],
  [/^layers\.(\d+)\.attention\.queryKeyBias$/, `${layer}.attention.self_attention.query_key.bias`, false],
  [/^layers\.(\d+)\.attention\.(query|key|value)Bias$/, `${layer}.attention.self_attention.$2.bias`, false],
  [/^layers\.(\d+)\.attention\.output$/, `${layer}.attention.output.dense.weight`, true],
  [/^layers\.(\d+)\.feedForward\.norm\.scale$/, `${layer}.feed_forward.layer_norm.weight`, false],
  [/^layers\.(\d+)\.feedForward\.norm\.bias$/, `${layer}.feed_forward.layer_norm.bias`, false],
  [/^layers\.(\d+)\.feedForward\.expand\.weight$/, `${layer}.feed_forward.dense.dense.weight`, true],
  [/^layers\.(\d+)\.feedForward\.expand\.bias$/, `${layer}.feed_forward.dense.dense.bias`, false],
  [/^layers\.(\d+)\.feedForward\.contract\.weight$/, `${layer}.feed_forward.output.dense.weight`, true],
  [/^layers\.(\d+)\.feedForward\.contract\.bias$/, `${layer}.feed_forward.output.dense.bias`, false],
  [/^norm\.scale$/, "reformer.encoder.layer_norm.weight", false],
  [/^norm\.bias$/, "reformer.encoder.layer_norm.bias", false],
];

const headPatterns: Record<ReformerConfig["head"], Pattern[]> = {
  tokens: [
    [/^head\.weight$/, "lm_head.decoder.weight", true],
    [/^head\.bias$/, "lm_head.decoder.bias", false],
  ],
  class: [
    [/^head\.hidden\.weight$/, "classifier.dense.weight", true],
    [/^head\.hidden\.bias$/, "classifier.dense.bias", false],
    [/^head\.classes\.weight$/, "classifier.out_proj.weight", true],
    [/^head\.classes\.bias$/, "classifier.out_proj.bias", false],
  ],
  span: [
    [/^head\.weight$/, "qa_outputs.weight", true],
    [/^head\.bias$/, "qa_outputs.bias", false],
  ],
};

/**
 * Their tensors under our names and in our layouts; what they have beyond the model (such as `lm_head.bias`, which
 * transformers 5 never adds) is left out, and what is missing stays missing.
 */
export function stateFromTransformers(
  config: ReformerConfig,
  theirs: Record<string, StoredTensor>,
): Record<string, StoredTensor> {
  const state: Record<string, StoredTensor> = {};
  for (const { ours, theirs: name, transposed } of transformersNames(config)) {
    const stored = theirs[name];
    if (stored !== undefined) state[ours] = transposed ? transpose(stored) : stored;
  }
  return state;
}

/** Our tensors under their names and in their layouts. */
export function stateToTransformers(
  config: ReformerConfig,
  ours: Record<string, StoredTensor>,
): Record<string, StoredTensor> {
  const entries = transformersNames(config).map(({ ours: name, theirs, transposed }) => {
    const stored = ours[name]!;
    return [theirs, transposed ? transpose(stored) : stored] as const;
  });
  return Object.fromEntries(entries);
}

/** `[rows, columns]` to `[columns, rows]`; other ranks and types are for the shape check to refuse. */
function transpose(stored: StoredTensor): StoredTensor {
  const [rows, columns] = stored.shape;
  if (stored.shape.length !== 2 || stored.dtype !== "F32") return stored;
  const source = stored.data as Float32Array;
  const data = new Float32Array(source.length);
  for (let row = 0; row < rows!; row++) {
    for (let column = 0; column < columns!; column++)
      data[column * rows! + row] = source[row * columns! + column]!;
  }
  return { dtype: "F32", shape: [columns!, rows!], data };
}
