/**
 * Angular locality-sensitive hashing (§2): a vector's bucket is the nearest of K directions, `argmax([xR ; -xR])`.
 * Vectors at a small angle share a bucket, whatever their lengths.
 *
 * The rotated vectors have as many numbers as there are buckets, so they exist for a piece of the sequence at a time.
 */
import { assertShape } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { requireType } from "./inputs";
import { hashWithKernel } from "./kernels/dispatch";
import { resolveNumBuckets, rotationSize } from "./num-buckets";
import { planRows } from "./row-blocks";

/** Numbers that the rotated vectors of one piece may have. */
const pieceSize = 1 << 21;

/**
 * Buckets of vectors: the nearest of random directions, `argmax([xR ; -xR])`, for each factor (§2, "Locality
 * sensitive hashing").
 *
 * @param vectors    `[batch, heads, length, depth]`
 * @param rotations  `[heads, depth, numHashes, rotationSize]`, from {@link drawRotations}
 * @param numBuckets one even number, or even factors: bucket = b0 + f0 (b1 + f1 (b2 …))
 * @returns          `[batch, heads, numHashes, length]` int32; the caller owns it. Nothing is differentiated.
 * @throws InputError when shapes disagree, numbers are not float32 or a factor is odd
 */
export function hashVectors(
  vectors: tf.Tensor,
  rotations: tf.Tensor,
  numBuckets: number | readonly number[],
): tf.Tensor4D {
  const factors = resolveNumBuckets(numBuckets, { length: 1, chunkLength: 1 });
  const dimensions = { rotationSize: rotationSize(factors) };
  assertShape("vectors", vectors.shape, "[batch, heads, length, depth]", dimensions);
  assertShape("rotations", rotations.shape, "[heads, depth, numHashes, rotationSize]", dimensions);
  for (const [name, tensor] of Object.entries({ vectors, rotations })) requireType(name, tensor, "float32");
  return (
    hashWithKernel({ vectors, rotations }, { factors }) ??
    tf.tidy(() => composedHash(vectors, rotations, factors))
  );
}

function composedHash(vectors: tf.Tensor, rotations: tf.Tensor, factors: readonly number[]): tf.Tensor4D {
  const [batch, heads, length, depth] = vectors.shape as [number, number, number, number];
  const [, , numHashes, size] = rotations.shape as [number, number, number, number];
  const groups = batch * heads;
  const folded = tf.reshape(vectors, [groups, length, depth]);
  const perGroup = tf.tile(tf.reshape(rotations, [heads, depth, numHashes * size]), [batch, 1, 1]);
  const pieceRows = Math.max(1, Math.floor(pieceSize / (numHashes * size)));
  const pieces = planRows(groups, length, pieceRows).map(({ firstGroup, groupCount, start, count }) =>
    tf.tidy(() => {
      const rows = tf.slice(folded, [firstGroup, start, 0], [groupCount, count, depth]);
      const rotation = tf.slice(perGroup, [firstGroup, 0, 0], [groupCount, depth, numHashes * size]);
      const rotated = tf.matMul(rows, rotation);
      return nearestDirections(tf.reshape(rotated, [groupCount * count, numHashes, size]), factors);
    }),
  );
  const buckets = tf.reshape(tf.concat(pieces), [batch, heads, length, numHashes]);
  return tf.transpose(buckets, [0, 1, 3, 2]) as tf.Tensor4D;
}

/** `[rows, numHashes, rotationSize]` projections to `[rows, numHashes]` bucket ids. */
function nearestDirections(rotated: tf.Tensor3D | tf.Tensor, factors: readonly number[]): tf.Tensor {
  const [rows, numHashes] = rotated.shape as [number, number, number];
  let start = 0;
  let stride = 1;
  let bucket: tf.Tensor | undefined;
  for (const factor of factors) {
    const half = tf.slice(rotated, [0, 0, start], [rows, numHashes, factor / 2]);
    const nearest = nearestOfBoth(half, factor);
    const scaled = stride === 1 ? nearest : tf.mul(nearest, tf.scalar(stride, "int32"));
    bucket = bucket === undefined ? scaled : tf.add(bucket, scaled);
    start += factor / 2;
    stride *= factor;
  }
  return bucket!;
}

/** `argmax([x ; -x])` without laying out both halves: the largest by size, and the second half where it is negative. */
function nearestOfBoth(projections: tf.Tensor, factor: number): tf.Tensor {
  const sizes = tf.abs(projections);
  const isNegative = tf.less(tf.max(projections, -1), tf.max(sizes, -1));
  return tf.add(tf.argMax(sizes, -1), tf.mul(tf.cast(isNegative, "int32"), tf.scalar(factor / 2, "int32")));
}
