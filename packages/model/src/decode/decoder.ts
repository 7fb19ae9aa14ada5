/**
 * Writing one token at a time. Dense layers run on the backend for all sequences together; attention, which for one
 * query is a few thousand multiplications, runs on the host over cached keys. The cost of a token does not grow with
 * the context: an LSH or local layer looks at the same number of keys wherever it stands.
 *
 * For local and full layers the logits are those of the full pass. Classic LSH routing sorts later tokens among
 * earlier ones, so there what an earlier token attended to is kept as it was when the token was written.
 */
import {
  add,
  matMul,
  reshape,
  slice,
  tensor,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { bucketCount, drawRotations, hashVectors, resolveNumBuckets, torchRotations } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import { residualSeed, type Streams } from "@reformer-ts/reversible";
import { attentionFunction } from "../attention";
import { attentionMechanism } from "../attention-mechanism";
import { disposeNorm, layerNorm } from "../layer-norm";
import { biasNames, projectionNames } from "../parameters";
import type { Pass } from "../pass";
import type { Reformer } from "../reformer";
import { layerCache, type LayerCache } from "./layer-cache";

export interface Decoder {
  /**
   * Reads prompts of one length in one parallel pass.
   *
   * @param prompts `[batch, length]`, at least one token
   * @returns logits of the next token, `[vocabSize]` per sequence
   */
  read(prompts: readonly Int32Array[]): Promise<Float32Array[]>;
  /** Appends one token per sequence and returns the logits of the next. */
  append(tokens: readonly number[]): Promise<Float32Array[]>;
  dispose(): void;
}

/** Nothing is dropped while writing. */
const pass: Pass = { training: false };

interface DecoderLayer {
  projections: readonly string[];
  biases: readonly string[];
  prefix: string;
  rotations: Tensor | null;
  /** One per sequence. */
  caches: LayerCache[];
}

export function createDecoder(model: Reformer): Decoder {
  const { config, parameters } = model;
  const blocks = model.blocks(pass);
  const { dModel, numHeads, dHead, numHashes, hashSeed } = config;
  const width = numHeads * dHead;
  const factors = resolveNumBuckets(config.numBuckets, { ...config, length: config.maxLength });
  const draw = (layer: number) => {
    const sizes = { heads: numHeads, depth: dHead, numHashes, numBuckets: factors };
    return config.torchHashSeed === null
      ? drawRotations({ ...sizes, seed: deriveSeed(residualSeed(hashSeed, layer, "f"), "rotations") })
      : torchRotations({ ...sizes, seed: config.torchHashSeed });
  };
  const layers: DecoderLayer[] = config.layers.map((kind, i) => ({
    projections: projectionNames(config, kind),
    biases: biasNames(config, kind),
    prefix: `layers.${i}.attention`,
    rotations: kind === "lsh" ? draw(i) : null,
    caches: [],
  }));
  let length = 0;

  /** `[batch, heads, length, depth]` to `[batch, heads, numHashes, length]` ids on the host. */
  const bucketsOf = async (layer: DecoderLayer, queryKey: Tensor4D): Promise<Int32Array | undefined> => {
    if (layer.rotations === null) return undefined;
    const buckets = hashVectors(queryKey, layer.rotations, factors);
    const ids = (await buckets.data()) as Int32Array;
    buckets.dispose();
    return ids;
  };

  /** The reversible stack, with the pass of every attention layer given from outside. */
  const run = async (
    x: Tensor3D,
    attend: (layer: DecoderLayer, x2: Tensor3D, index: number) => Promise<Tensor3D>,
  ) => {
    let x1 = x;
    let x2 = x.clone() as Tensor3D;
    for (const [i, layer] of layers.entries()) {
      const attended = await attend(layer, x2, i);
      x1 = replaceBySum(x1, attended);
      const fed = blocks[i]!.g.forward(x1, 0);
      x2 = replaceBySum(x2, fed.y as Tensor3D);
    }
    return { x1, x2 };
  };

  /** Logits of the last position of every sequence. Takes the streams. */
  const predict = async ({ x1, x2 }: Streams): Promise<Float32Array[]> => {
    const last = x1.shape[1]! - 1;
    const logits = tidy(() => {
      const [row1, row2] = [x1, x2].map((x) => reshape(sliceLast(x, last), [-1, dModel]) as Tensor2D);
      return model.head.logits(row1!, row2!);
    });
    const values = (await logits.data()) as Float32Array;
    for (const used of [x1, x2, logits]) used.dispose();
    return rows(values, config.vocabSize);
  };

  return {
    async read(prompts) {
      length = prompts[0]!.length;
      for (const [i, layer] of layers.entries()) {
        layer.caches = prompts.map(() => layerCache(config, config.layers[i]!, bucketCount(factors)));
      }
      const x = embed(model, prompts, 0);
      const streams = await run(x, async (layer, x2, i) => {
        const mechanism = attentionMechanism(config, i, pass);
        const attention = attentionFunction(config, parameters, layer.prefix, mechanism, pass);
        const { y, state, saved } = attention.run(x2, residualSeed(hashSeed, i, "f"));
        for (const bucketIds of saved) bucketIds.dispose();
        const vectors = await Promise.all(
          state.attended.projections.map(async (projection) => (await projection.data()) as Float32Array),
        );
        const ids = await bucketsOf(layer, state.attended.projections[0]!);
        attention.release(state);
        layer.caches.forEach((cache, sequence) => {
          for (let position = 0; position < length; position++) {
            const projections = vectors.map((values) => headsAt(values, sequence, position));
            cache.remember(projections, ids && bucketsAt(ids, sequence, position, length));
          }
        });
        return y;
      });
      return predict(streams);

      /** One token's vectors of all heads, side by side, from `[batch, heads, length, depth]`. */
      function headsAt(values: Float32Array, sequence: number, position: number): Float32Array {
        const vector = new Float32Array(width);
        for (let head = 0; head < numHeads; head++) {
          const start = ((sequence * numHeads + head) * length + position) * dHead;
          vector.set(values.subarray(start, start + dHead), head * dHead);
        }
        return vector;
      }
    },

    async append(tokens) {
      const x = embed(
        model,
        tokens.map((token) => Int32Array.of(token)),
        length,
      );
      length++;
      const streams = await run(x, async (layer, x2) => {
        const projected = project(model, layer, x2);
        const vectors = await Promise.all(
          projected.map(async (vector) => (await vector.data()) as Float32Array),
        );
        const heads = reshape(projected[0]!, [tokens.length, numHeads, 1, dHead]) as Tensor4D;
        const ids = await bucketsOf(layer, heads);
        for (const used of [heads, ...projected]) used.dispose();
        const output = new Float32Array(tokens.length * width);
        layer.caches.forEach((cache, sequence) => {
          const projections = vectors.map((values) => values.slice(sequence * width, (sequence + 1) * width));
          const target = output.subarray(sequence * width, (sequence + 1) * width);
          cache.attend(projections, ids && bucketsAt(ids, sequence, 0, 1), target);
        });
        return tidy(() => {
          const merged = tensor(output, [tokens.length, width]) as Tensor2D;
          return reshape(
            matMul(merged, parameters.get(`${layer.prefix}.output`) as Tensor2D),
            x2.shape,
          ) as Tensor3D;
        });
      });
      return predict(streams);
    },

    dispose() {
      for (const layer of layers) layer.rotations?.dispose();
    },
  };

  /** One token's ids, `[heads, numHashes]`, from `[batch, heads, numHashes, length]`. */
  function bucketsAt(ids: Int32Array, sequence: number, position: number, total: number): Int32Array {
    const start = sequence * numHeads * numHashes;
    return Int32Array.from({ length: numHeads * numHashes }, (_, i) => ids[(start + i) * total + position]!);
  }
}

/** `[batch, length, dModel]` for tokens that begin at position `start`. */
function embed(model: Reformer, tokens: readonly Int32Array[], start: number): Tensor3D {
  const length = tokens[0]!.length;
  return tidy(() => {
    const ids = tensor2d(
      Int32Array.from(tokens.flatMap((row) => [...row])),
      [tokens.length, length],
      "int32",
    );
    return model.embedding(pass).forward(ids, 0, start);
  });
}

/** The layer's projections of the newest token, each `[batch, heads * depth]`. */
function project({ config, parameters }: Reformer, layer: DecoderLayer, x: Tensor3D): Tensor2D[] {
  const get = (name: string) => parameters.get(`${layer.prefix}.${name}`) as Tensor2D;
  return tidy(() => {
    const flat = reshape(x, [-1, config.dModel]) as Tensor2D;
    const { y, state } = layerNorm(flat, get("norm.scale"), get("norm.bias"), config.layerNormEpsilon);
    disposeNorm(state);
    return layer.projections.map((name, i) => {
      const projected = matMul(y, get(name));
      return (layer.biases.length > 0 ? add(projected, get(layer.biases[i]!)) : projected) as Tensor2D;
    });
  });
}

function sliceLast(x: Tensor, last: number): Tensor {
  return x.shape[1] === 1 ? x.clone() : slice(x, [0, last], [-1, 1]);
}

function replaceBySum(x: Tensor3D, y: Tensor3D): Tensor3D {
  const sum = add(x, y) as Tensor3D;
  x.dispose();
  y.dispose();
  return sum;
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}
