/**
 * A causal attention layer of a decoder that writes: keys and values of earlier tokens are remembered, so that a new token
 * costs its own projections and what it looks at. Projections run on the backend for all sequences together, which are
 * many where sentences are translated by beams; attention, a few thousand multiplications each, runs on the host.
 */
import {
  add,
  matMul,
  reshape,
  tensor,
  tidy,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { bucketCount, hashVectors } from "@reformer-ts/lsh";
import type { ReformerConfig } from "../config";
import { disposeNorm, layerNorm } from "../layer-norm";
import { biasNames, projectionNames, type Parameters } from "../parameters";
import type { MemoryOfLayer } from "../decode/attend-one";
import { layerCache, type LayerCache } from "../decode/layer-cache";
import { layerRotations } from "../decode/layer-rotations";
import { readMemoryKeys } from "../decode/read-memory-keys";

export interface CachedAttention {
  /** Forgets everything, and makes room for this many sequences. */
  start(sequences: number): void;
  /** One more token of every sequence: `[batch, 1, dModel]` to the same; the caller owns the result. */
  append(x: Tensor3D): Promise<Tensor3D>;
  /** Goes on with these of the sequences, in this order; one may be taken several times. */
  select(sequences: readonly number[]): void;
  dispose(): void;
}

export interface CachedLayer {
  /** Index of the layer, from the input up. */
  layer: number;
  /** The half residual's seed: of its rotations. */
  seed: number;
}

export function cachedAttention(
  config: ReformerConfig,
  parameters: Parameters,
  { layer, seed }: CachedLayer,
): CachedAttention {
  const { dModel, numHeads, dHead, numHashes, layerNormEpsilon } = config;
  const kind = config.layers[layer]!;
  const width = numHeads * dHead;
  const numBuckets = config.numBuckets as number | number[];
  const rotations = layerRotations(config, layer, seed);
  const names = projectionNames(config, kind);
  const biases = biasNames(config, kind);
  const prefix = `layers.${layer}.attention`;
  const get = (name: string) => parameters.get(`${prefix}.${name}`) as Tensor2D;
  let caches: LayerCache[] = [];

  let memory: Promise<MemoryOfLayer | null> | undefined;

  /** `[batch, heads, 1, depth]` to `[batch, heads, numHashes, 1]` ids on the host. */
  const bucketsOf = async (queryKey: Tensor4D): Promise<Int32Array | undefined> => {
    if (rotations === null) return undefined;
    const buckets = hashVectors(queryKey, rotations, numBuckets);
    const ids = (await buckets.data()) as Int32Array;
    buckets.dispose();
    return ids;
  };

  /** The projections of one token of every sequence, each `[batch, heads * depth]`. */
  const project = (x: Tensor3D): Tensor2D[] =>
    tidy(() => {
      const rows = reshape(x, [-1, dModel]) as Tensor2D;
      const { y, state } = layerNorm(rows, get("norm.scale"), get("norm.bias"), layerNormEpsilon);
      disposeNorm(state);
      return names.map((name, i) => {
        const projected = matMul(y, get(name)) as Tensor2D;
        return biases.length > 0 ? (add(projected, get(biases[i]!)) as Tensor2D) : projected;
      });
    });

  /** One sequence's ids, `[heads, numHashes]`. */
  const bucketsAt = (ids: Int32Array, sequence: number) =>
    ids.subarray(sequence * numHeads * numHashes, (sequence + 1) * numHeads * numHashes);

  return {
    start(sequences) {
      caches = Array.from({ length: sequences }, () =>
        layerCache(config, kind, bucketCount([numBuckets].flat())),
      );
    },

    async append(x) {
      const projected = project(x);
      const vectors = await Promise.all(projected.map(async (p) => (await p.data()) as Float32Array));
      const heads = reshape(projected[0]!, [caches.length, numHeads, 1, dHead]) as Tensor4D;
      const ids = await bucketsOf(heads);
      for (const used of [heads, ...projected]) used.dispose();
      const remembered = await (memory ??= readMemoryKeys(config, parameters, prefix));
      const output = new Float32Array(caches.length * width);
      caches.forEach((cache, sequence) => {
        const [from, to] = [sequence * width, (sequence + 1) * width];
        const ofToken = vectors.map((values) => values.slice(from, to));
        cache.attend(ofToken, ids && bucketsAt(ids, sequence), output.subarray(from, to), remembered);
      });
      return tidy(() => {
        const merged = tensor(output, [caches.length, width]) as Tensor2D;
        return reshape(matMul(merged, get("output")), x.shape) as Tensor3D;
      });
    },

    select(sequences) {
      // The first to take a sequence takes its memory, later ones a copy.
      caches = sequences.map((sequence, i) =>
        sequences.indexOf(sequence) === i ? caches[sequence]! : caches[sequence]!.fork(),
      );
    },

    dispose() {
      rotations?.dispose();
    },
  };
}
