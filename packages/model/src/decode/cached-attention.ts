/**
 * A causal attention layer that writes: keys and values of earlier tokens are remembered, so that a new token costs its
 * own projections and what it looks at. Projections run on the backend for all sequences together; attention, which for
 * one query is a few thousand multiplications, runs on the host.
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
import { bucketCount, drawRotations, hashVectors, resolveNumBuckets, torchRotations } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import { attentionFunction } from "../attention";
import { attentionMechanism } from "../attention-mechanism";
import type { ReformerConfig } from "../config";
import { disposeNorm, layerNorm } from "../layer-norm";
import { biasNames, projectionNames, type Parameters } from "../parameters";
import type { Pass } from "../pass";
import type { MemoryOfLayer } from "./attend-one";
import { layerCache, type LayerCache } from "./layer-cache";

export interface CachedAttention {
  /** Forgets everything, and makes room for this many sequences. */
  start(sequences: number): void;
  /** A prompt in one pass: `[batch, length, dModel]` to the same; the caller owns the result. */
  read(x: Tensor3D): Promise<Tensor3D>;
  /** One more token of every sequence: `[batch, 1, dModel]` to the same; the caller owns the result. */
  append(x: Tensor3D): Promise<Tensor3D>;
  /** Goes on with these of the sequences, in this order; one may be taken several times. */
  select(sequences: readonly number[]): void;
  dispose(): void;
}

/** Nothing is dropped while writing. */
const pass: Pass = { training: false };

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
  const { dModel, numHeads, dHead, numHashes, layerNormEpsilon, torchHashSeed } = config;
  const kind = config.layers[layer]!;
  const width = numHeads * dHead;
  const numBuckets = resolveNumBuckets(config.numBuckets, { ...config, length: config.maxLength });
  const sizes = { heads: numHeads, depth: dHead, numHashes, numBuckets };
  const draw = () =>
    torchHashSeed === null
      ? drawRotations({ ...sizes, seed: deriveSeed(seed, "rotations") })
      : torchRotations({ ...sizes, seed: torchHashSeed });
  const rotations = kind === "lsh" ? draw() : null;
  const names = projectionNames(config, kind);
  const biases = biasNames(config, kind);
  const prefix = `layers.${layer}.attention`;
  const get = (name: string) => parameters.get(`${prefix}.${name}`) as Tensor2D;
  let caches: LayerCache[] = [];

  const readMemory = async (): Promise<MemoryOfLayer | null> => {
    const count = config.numMemoryKeys;
    if (count === 0) return null;
    const [keys, values] = await Promise.all(
      ["memoryKeys", "memoryValues"].map(async (name) => (await get(name).data()) as Float32Array),
    );
    const scale = 1 / Math.sqrt(dHead);
    return { keys: keys!.map((x) => x * scale), values: values!, count };
  };
  let memory: Promise<MemoryOfLayer | null> | undefined;

  /** `[batch, heads, length, depth]` to `[batch, heads, numHashes, length]` ids on the host. */
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

  /** One token's ids, `[heads, numHashes]`, from `[batch, heads, numHashes, length]`. */
  const bucketsAt = (ids: Int32Array, sequence: number, position: number, length: number) => {
    const start = sequence * numHeads * numHashes;
    return Int32Array.from({ length: numHeads * numHashes }, (_, i) => ids[(start + i) * length + position]!);
  };

  /** One token's vectors of all heads, side by side, from `[batch, heads, length, depth]`. */
  const headsAt = (values: Float32Array, sequence: number, position: number, length: number) => {
    const vector = new Float32Array(width);
    for (let head = 0; head < numHeads; head++) {
      const start = ((sequence * numHeads + head) * length + position) * dHead;
      vector.set(values.subarray(start, start + dHead), head * dHead);
    }
    return vector;
  };

  return {
    start(sequences) {
      caches = Array.from({ length: sequences }, () => layerCache(config, kind, bucketCount(numBuckets)));
    },

    async read(x) {
      const length = x.shape[1];
      const attention = attentionFunction(
        config,
        parameters,
        prefix,
        attentionMechanism(config, layer, pass),
        pass,
      );
      const { y, state, saved } = attention.run(x, seed);
      for (const buckets of saved) buckets.dispose();
      const { projections } = state.attended;
      const vectors = await Promise.all(projections.map(async (p) => (await p.data()) as Float32Array));
      const ids = await bucketsOf(projections[0]!);
      attention.release(state);
      caches.forEach((cache, sequence) => {
        for (let position = 0; position < length; position++) {
          const ofToken = vectors.map((values) => headsAt(values, sequence, position, length));
          cache.remember(ofToken, ids && bucketsAt(ids, sequence, position, length));
        }
      });
      return y;
    },

    async append(x) {
      const projected = project(x);
      const vectors = await Promise.all(projected.map(async (p) => (await p.data()) as Float32Array));
      const heads = reshape(projected[0]!, [caches.length, numHeads, 1, dHead]) as Tensor4D;
      const ids = await bucketsOf(heads);
      for (const used of [heads, ...projected]) used.dispose();
      const remembered = await (memory ??= readMemory());
      const output = new Float32Array(caches.length * width);
      caches.forEach((cache, sequence) => {
        const [from, to] = [sequence * width, (sequence + 1) * width];
        const ofToken = vectors.map((values) => values.slice(from, to));
        cache.attend(ofToken, ids && bucketsAt(ids, sequence, 0, 1), output.subarray(from, to), remembered);
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
