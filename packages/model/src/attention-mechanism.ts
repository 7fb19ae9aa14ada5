/** What differs between LSH, local and full attention, seen from a layer: its projections, forward and pullback. */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
} from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { Saved } from "@reformer-ts/reversible";
import type { AttentionKind, ReformerConfig } from "./config";

/** The result of a forward pass with all that its pullback needs. */
export interface Attended {
  /** `[batch, heads, length, depth]` */
  output: Tensor4D;
  /** `[batch, heads, length]` */
  logSumExp: Tensor;
  /** in the order of {@link AttentionMechanism.projections}, each `[batch, heads, length, depth]` */
  projections: Tensor4D[];
  /** `[batch, heads, numHashes, length]` int32, of LSH attention on more than one chunk */
  buckets: Tensor | null;
  dispose(): void;
}

export interface AttentionMechanism {
  /** Names of the weights that make its inputs. */
  readonly projections: readonly string[];
  /** Takes `projections`. With `saved`, repeats the pass that left it. */
  attend(projections: Tensor4D[], seed: number, saved?: Saved): { attended: Attended; saved: Saved };
  /** @returns a gradient for each projection; the caller owns them */
  pull(dOutput: Tensor4D, attended: Attended, seed: number): Tensor[];
}

export function attentionMechanism(config: ReformerConfig, kind: AttentionKind): AttentionMechanism {
  const { chunkLength, chunksBefore, chunksAfter, causal, numHashes, numBuckets, maxLength } = config;
  const chunked = { chunkLength, chunksBefore, chunksAfter, causal };
  const dropoutOf = (rate: number, seed: number) =>
    rate > 0 ? { dropout: { rate, seed: deriveSeed(seed, "attention") } } : {};

  if (kind === "lsh") {
    const optionsOf = (seed: number, buckets?: Tensor | null) => ({
      ...chunked,
      ...dropoutOf(config.lshDropout, seed),
      numHashes,
      numBuckets,
      maxLength,
      seed: deriveSeed(seed, "rotations"),
      ...(buckets ? { buckets } : {}),
    });
    return {
      projections: ["queryKey", "value"],
      attend(projections, seed, saved) {
        const [queryKey, value] = projections as [Tensor4D, Tensor4D];
        const { output, logSumExp, buckets } = lshAttentionForward(queryKey, value, optionsOf(seed, saved?.[0]));
        const attended = hold({ output: output as Tensor4D, logSumExp, projections, buckets: buckets?.clone() ?? null });
        return { attended, saved: buckets ? [buckets] : [] };
      },
      pull(dOutput, { projections, output, logSumExp, buckets }, seed) {
        const [queryKey, value] = projections as [Tensor4D, Tensor4D];
        const state = { queryKey, value, output, logSumExp, buckets };
        const { dQueryKey, dValue } = lshAttentionGrad(dOutput, state, optionsOf(seed));
        return [dQueryKey, dValue];
      },
    };
  }

  const [forward, grad] =
    kind === "local" ? [localAttentionForward, localAttentionGrad] : [fullAttentionForward, fullAttentionGrad];
  const optionsOf = (seed: number) => ({ ...chunked, ...dropoutOf(config.localDropout, seed) });
  return {
    projections: ["query", "key", "value"],
    attend(projections, seed) {
      const [query, key, value] = projections as [Tensor4D, Tensor4D, Tensor4D];
      const { output, logSumExp } = forward(query, key, value, optionsOf(seed));
      return { attended: hold({ output: output as Tensor4D, logSumExp, projections, buckets: null }), saved: [] };
    },
    pull(dOutput, { projections, output, logSumExp }, seed) {
      const [query, key, value] = projections as [Tensor4D, Tensor4D, Tensor4D];
      const { dQuery, dKey, dValue } = grad(dOutput, { query, key, value, output, logSumExp }, optionsOf(seed));
      return [dQuery, dKey, dValue];
    },
  };
}

function hold(parts: Omit<Attended, "dispose">): Attended {
  return {
    ...parts,
    dispose() {
      for (const tensor of [parts.output, parts.logSumExp, ...parts.projections]) tensor.dispose();
      parts.buckets?.dispose();
    },
  };
}
