/**
 * What a layer of a model attends to, and where its tokens hash: for chosen queries, in original positions. Nothing of
 * size length x length is made, so a few tokens of a book can be looked at.
 */
import {
  exp,
  matMul,
  mul,
  reshape,
  slice,
  sub,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { attentionOf, type AttentionRow, type AttentionView } from "@reformer-ts/lsh";
import { infer, residualSeed } from "@reformer-ts/reversible";
import { attentionFunction } from "./attention";
import { attentionMechanism, type Attended } from "./attention-mechanism";
import { checkTokens } from "./batch";
import type { EncodeOptions, Reformer } from "./reformer";

export interface InspectOptions extends EncodeOptions {
  /** Index of the layer, from the input up. */
  layer: number;
  /** Positions whose attention is wanted. */
  queries: readonly number[];
}

export interface InspectedRow extends AttentionRow {
  /** Weights of the model's memory keys; with those of the keys they sum to 1. */
  memory: number[];
}

export interface InspectedAttention extends AttentionView {
  rows: InspectedRow[];
}

/**
 * What chosen queries of one layer attend to, by original position and weight.
 *
 * @param tokens `[batch, length]` int32
 * @returns weights as {@link encode} uses them with the same options, and `[batch, heads, numHashes, length]` buckets
 * @throws InputError when there is no such layer, a position lies beyond the sequence, or tokens are none that
 *         {@link encode} takes
 */
export function inspectAttention(
  model: Reformer,
  tokens: Tensor2D,
  { layer, queries, seed = model.config.hashSeed, ...rest }: InspectOptions,
): InspectedAttention {
  const { config, parameters } = model;
  if (!(Number.isInteger(layer) && layer >= 0 && layer < config.layers.length)) {
    throw new InputError({
      field: "layer",
      given: `${layer}`,
      allowed: `from 0 to ${config.layers.length - 1}`,
    });
  }
  checkTokens(config, tokens);
  let view: InspectedAttention | undefined;
  tidy(() => {
    const pass = { ...rest, training: false };
    const x = model.embedding(pass).forward(tokens, seed);
    const below = infer(model.blocks(pass).slice(0, layer), { x1: x, x2: x.clone() }, seed);
    const mechanism = attentionMechanism(config, layer, pass);
    const attention = attentionFunction(config, parameters, `layers.${layer}.attention`, mechanism, pass);
    const ownSeed = residualSeed(seed, layer, "f");
    const { attended } = attention.run(below.x2 as Tensor3D, ownSeed).state;
    const { rows, buckets } = attentionOf(mechanism.attending(attended, ownSeed), queries);
    view = { rows: rows.map((row) => withMemory(row, model, layer, attended)), buckets };
  });
  return view!;
}

/** Memory takes its share of the softmax, and the keys of the sequence share the rest. */
function withMemory(
  row: AttentionRow,
  { config, parameters }: Reformer,
  layer: number,
  { projections, logSumExp }: Attended,
): InspectedRow {
  const { batch, head, query } = row;
  const { numMemoryKeys, dHead } = config;
  if (numMemoryKeys === 0) return { ...row, memory: [] };
  const memory = tidy(() => {
    const keys = slice(parameters.get(`layers.${layer}.attention.memoryKeys`), [head, 0, 0], [1, -1, -1]);
    const vector = slice(projections[0]! as Tensor, [batch, head, query, 0], [1, 1, 1, -1]);
    const scores = mul(
      matMul(reshape(vector, [1, dHead]) as Tensor2D, reshape(keys, [-1, dHead]) as Tensor2D, false, true),
      1 / Math.sqrt(dHead),
    );
    const total = reshape(slice(logSumExp, [batch, head, query], [1, 1, 1]), [1, 1]);
    return exp(sub(scores, total));
  });
  const weights = [...memory.dataSync()];
  const rest = 1 - weights.reduce((a, b) => a + b, 0);
  return {
    ...row,
    keys: row.keys.map(({ position, weight }) => ({ position, weight: weight * rest })),
    memory: weights,
  };
}
