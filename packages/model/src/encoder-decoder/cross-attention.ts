/**
 * `Attention(LayerNorm(x), memory)`, the decoder's look at what the encoder wrote: queries of the layer's input, keys and
 * values of the memory. Only x is rebuilt when the stack runs backwards; the memory is the same for all layers, kept
 * once, and each layer's gradient of it is given away to be summed.
 */
import { add, matMul, reshape, tidy, type Tensor, type Tensor3D, type Tensor4D } from "@tensorflow/tfjs-core";
import { crossAttentionForward, crossAttentionGrad } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { GradientSink } from "@reformer-ts/reversible";
import { attentionFunction, type AttentionState } from "../attention";
import { hold, type AttentionMechanism } from "../attention-mechanism";
import { composedEnds } from "../composed-ends";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { dropoutRates, type Pass } from "../pass";
import type { Differentiable } from "../residual";

/** What a decoder reads: the encoder's answer. */
export interface Memory {
  /** `[batch, sourceLength, dModel]` */
  readonly vectors: Tensor3D;
  /** `[batch, sourceLength]` int32, 1 where the token is real */
  readonly mask: Tensor;
}

/** Where keys and values come from. */
export interface SourceHeads {
  /** Keys and values, each `[batch, heads, sourceLength, depth]`; the caller owns them. */
  heads(): [key: Tensor4D, value: Tensor4D];
  /** Pulls their gradients back. Takes both. */
  pull(dKey: Tensor4D, dValue: Tensor4D, sink: GradientSink): void;
}

/**
 * Keys and values projected from the memory.
 *
 * @param prefix of the parameters' names, such as `decoder.layers.0.crossAttention`
 * @param giveMemory owns every gradient of the memory's vectors that it is given
 */
export function memoryHeads(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  { vectors }: Memory,
  giveMemory: (gradient: Tensor3D) => void,
): SourceHeads {
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const projections = ["key", "value"];
  const { rowsOf, project, mergeHeads } = composedEnds(config, parameters, prefix, {
    projections,
    biases: [],
  });
  return {
    heads: () => tidy(() => project(rowsOf(vectors), vectors.shape)) as [Tensor4D, Tensor4D],
    pull(dKey, dValue, sink) {
      const pulled = tidy(() => {
        const [key, value] = [mergeHeads(dKey), mergeHeads(dValue)] as const;
        const dMemory = add(matMul(key, get("key"), false, true), matMul(value, get("value"), false, true));
        return {
          memory: reshape(dMemory, vectors.shape) as Tensor3D,
          key: matMul(rowsOf(vectors), key, true),
          value: matMul(rowsOf(vectors), value, true),
        };
      });
      dKey.dispose();
      dValue.dispose();
      giveMemory(pulled.memory);
      sink(`${prefix}.key`, pulled.key);
      sink(`${prefix}.value`, pulled.value);
    },
  };
}

/** @param prefix of the parameters' names, such as `decoder.layers.0.crossAttention` */
export function crossAttentionFunction(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  { mask, source }: { mask: Tensor; source: SourceHeads },
  pass: Pass,
): Differentiable<AttentionState> {
  const { localDropout: rate } = dropoutRates(config, pass);
  const optionsOf = (seed: number) => ({
    keyMask: mask,
    ...(rate > 0 ? { dropout: { rate, seed: deriveSeed(seed, "attention") } } : {}),
  });
  const mechanism: AttentionMechanism = {
    projections: ["query"],
    biases: [],
    attend([query], seed) {
      const [key, value] = source.heads();
      const { output, logSumExp } = crossAttentionForward(query!, key, value, optionsOf(seed));
      const projections = [query!, key, value];
      return { attended: hold({ output, logSumExp, projections, buckets: null }), saved: [] };
    },
    pull(dOutput, { projections, output, logSumExp }, seed, sink) {
      const [query, key, value] = projections as [Tensor4D, Tensor4D, Tensor4D];
      const saved = { query, key, value, output, logSumExp };
      const { dQuery, dKey, dValue } = crossAttentionGrad(dOutput, saved, optionsOf(seed));
      source.pull(dKey, dValue, sink);
      return [dQuery];
    },
  };
  // Learned memory keys belong to self-attention; here the memory is the source.
  return attentionFunction({ ...config, numMemoryKeys: 0 }, parameters, prefix, mechanism, pass);
}
