/** Small Reformer layers for the page: LSH attention and a feed-forward, each behind a normalisation without gains. */
import { drawRotations, hashVectors, lshAttention } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import { type AutogradResidual, autogradResidual, parametersOf } from "@reformer-ts/reversible";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";

export interface BlockSizes {
  length: number;
  dModel: number;
}

export interface Block {
  f: AutogradResidual;
  g: AutogradResidual;
}

const numHeads = 2;
const chunkLength = 16;
/** The feed-forward's inner width, in dModel. */
const widening = 4;

/** `[length, dModel]` normal numbers of one seed and purpose. */
export function normal(shape: number[], seed: number, ...path: (string | number)[]): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", deriveSeed(seed, ...path));
}

/** @returns layers that share nothing; {@link disposeBlocks} frees their parameters */
export function makeBlocks(count: number, sizes: BlockSizes, seed: number): Block[] {
  return Array.from({ length: count }, (_, layer) => ({
    f: attention(`${layer}.attention`, sizes, deriveSeed(seed, "block", layer, "f")),
    g: feedForward(`${layer}.feedForward`, sizes, deriveSeed(seed, "block", layer, "g")),
  }));
}

export function disposeBlocks(blocks: readonly Block[]): void {
  tf.dispose(parametersOf(blocks));
}

function attention(name: string, { length, dModel }: BlockSizes, seed: number): AutogradResidual {
  const depth = dModel / numHeads;
  const numBuckets = Math.max(2, (2 * length) / chunkLength);
  const [wqk, wv, wo] = ["qk", "v", "o"].map((part) => matrix(dModel, dModel, seed, part)) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const split = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [1, length, numHeads, depth]), [0, 2, 1, 3]);
  const merge = (x: tf.Tensor) => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [length, dModel]);
  const queries = (x: tf.Tensor) => split(tf.matMul(normalise(x), wqk));
  return autogradResidual(
    (x, drawn, [buckets]) => {
      const value = split(tf.matMul(normalise(x), wv));
      const attended = lshAttention(queries(x), value, { chunkLength, numBuckets, buckets, seed: drawn });
      return tf.matMul(merge(attended) as tf.Tensor2D, wo);
    },
    { [`${name}.wqk`]: wqk, [`${name}.wv`]: wv, [`${name}.wo`]: wo },
    {
      // Rebuilt inputs differ in their last bits, which may move a vector across a border: buckets are kept instead.
      decide: (x, drawn) => {
        const rotations = drawRotations({ heads: numHeads, depth, numHashes: 1, numBuckets, seed: drawn });
        return [hashVectors(queries(x), rotations, numBuckets)];
      },
    },
  );
}

function feedForward(name: string, { dModel }: BlockSizes, seed: number): AutogradResidual {
  const inward = matrix(dModel, widening * dModel, seed, "in");
  const outward = matrix(widening * dModel, dModel, seed, "out");
  return autogradResidual((x) => tf.matMul(tf.relu(tf.matMul(normalise(x), inward)), outward), {
    [`${name}.in`]: inward,
    [`${name}.out`]: outward,
  });
}

function matrix(rows: number, columns: number, seed: number, part: string): tf.Tensor2D {
  return tf.tidy(() => tf.mul(normal([rows, columns], seed, part), 1 / Math.sqrt(rows))) as tf.Tensor2D;
}

function normalise(x: tf.Tensor): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-6))) as tf.Tensor2D;
}
