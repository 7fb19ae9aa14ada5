/**
 * LSH attention (§2): hash the shared queries and keys, sort by bucket, attend within windows of the sorted order,
 * merge the rounds. An explicit pair of forward and vector-Jacobian product.
 */
import { assertShape, InputError, requireInteger } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { alignToBuckets } from "./align-to-buckets";
import { chunkAttention } from "./chunk-attention";
import { chunkAttentionGrad } from "./chunk-attention-grad";
import { fullAttentionForward, fullAttentionGrad } from "./full-attention";
import { hashVectors } from "./hash";
import { checkFloats, checkHeads, foldHeads, requireType, unfoldHeads } from "./inputs";
import type { ChunkAttentionAttributes, ChunkAttentionInputs } from "./kernels/names";
import { normalizeKeys, sharedQueryKeyGrad } from "./normalize-keys";
import { bucketCount, resolveNumBuckets } from "./num-buckets";
import { type Chunking, type LshOptions, resolveChunking, resolveDropout } from "./options";
import { drawRotations } from "./rotations";
import { slotBuckets } from "./slot-buckets";
import { sortByBucket } from "./sort";

export interface LshResult {
  /** `[batch, heads, length, depth]` */
  output: tf.Tensor4D;
  /** `[batch, heads, length]`, over all rounds and keys. */
  logSumExp: tf.Tensor3D;
  /** `[batch, heads, numHashes, length]` int32, to be handed to the backward pass; null when nothing was hashed. */
  buckets: tf.Tensor4D | null;
}

export interface LshSaved {
  queryKey: tf.Tensor;
  value: tf.Tensor;
  output: tf.Tensor;
  logSumExp: tf.Tensor;
  buckets: tf.Tensor | null;
}

export interface LshGrads {
  /** `[batch, heads, length, depth]` each. */
  dQueryKey: tf.Tensor4D;
  dValue: tf.Tensor4D;
}

/**
 * LSH attention, with what its backward pass needs (§2): hash, sort, cut into chunks, attend, undo the sort, merge
 * the rounds.
 *
 * @param queryKey `[batch, heads, length, depth]`, the shared projection, not normalised
 * @param value    `[batch, heads, length, depth]`
 * @returns output, log-normalisers and buckets; the caller owns them. Tokens that keyMask hides get a bucket of their own.
 * @throws InputError when shapes disagree or an option is out of range
 */
export function lshAttentionForward(queryKey: tf.Tensor, value: tf.Tensor, options: LshOptions): LshResult {
  const { hashed = queryKey } = options;
  const sizes = checkHeads({ queryKey, value, hashed }, options.keyMask);
  const chunking = resolveLshChunking(sizes.length, options);
  if (chunking.isFull) {
    return { ...fullAttentionForward(queryKey, queryKey, value, sharedOptions(options)), buckets: null };
  }
  return tf.tidy(() => {
    const buckets = resolveBuckets(queryKey, chunking, options);
    const { inputs, paddedLength } = sortedInputs(queryKey, value, buckets, chunking, options);
    const attributes = lshAttributes(buckets, { ...chunking, paddedLength }, options);
    const { output, logSumExp } = chunkAttention(inputs, attributes);
    return {
      output: unfoldHeads<tf.Tensor4D>(output, sizes),
      logSumExp: unfoldHeads<tf.Tensor3D>(logSumExp, sizes),
      buckets,
    };
  });
}

/**
 * No gradient flows through the hash: buckets are constants, taken from the forward pass.
 *
 * @param dOutput `[batch, heads, length, depth]`
 * @param saved   the inputs and results of the forward pass
 * @param options the very options of the forward pass
 * @returns gradients of queryKey, through both of its uses, and of value; the caller owns them
 * @throws InputError when shapes disagree, an option is out of range, or buckets are missing
 */
export function lshAttentionGrad(dOutput: tf.Tensor, saved: LshSaved, options: LshOptions): LshGrads {
  const { queryKey, value, output, logSumExp } = saved;
  const sizes = checkHeads({ queryKey, value, output, dOutput }, options.keyMask);
  checkFloats({ logSumExp }, "[batch, heads, length]", sizes);
  const chunking = resolveLshChunking(sizes.length, options);
  if (chunking.isFull) {
    const inputs = { query: queryKey, key: queryKey, value, output, logSumExp };
    const { dQuery, dKey, dValue } = fullAttentionGrad(dOutput, inputs, sharedOptions(options));
    dKey.dispose();
    return { dQueryKey: dQuery, dValue };
  }
  if (!saved.buckets) {
    throw new InputError({
      field: "saved.buckets",
      given: "null",
      allowed: "the buckets of the forward pass",
    });
  }
  const given = saved.buckets;
  return tf.tidy(() => {
    const buckets = checkBuckets(given, sizes, options);
    const { inputs, paddedLength } = sortedInputs(queryKey, value, buckets, chunking, options);
    const { dQuery, dKey, dValue } = chunkAttentionGrad(
      {
        ...inputs,
        output: foldHeads(output),
        logSumExp: foldHeads(logSumExp),
        dOutput: foldHeads(dOutput),
      },
      lshAttributes(buckets, { ...chunking, paddedLength }, options),
    );
    inputs.key.dispose(); // As large as the sequence, and what follows needs the room.
    return {
      dQueryKey: sharedQueryKeyGrad(
        queryKey,
        unfoldHeads<tf.Tensor4D>(dQuery, sizes),
        unfoldHeads<tf.Tensor4D>(dKey, sizes),
      ),
      dValue: unfoldHeads<tf.Tensor4D>(dValue, sizes),
    };
  });
}

/** Replayed buckets as they are, or the hash of the queries with masked tokens moved to one bucket more. */
export function resolveBuckets(
  queryKey: tf.Tensor,
  { hashedLength }: Chunking,
  options: LshOptions,
): tf.Tensor4D {
  const [batch, heads, length, depth] = queryKey.shape as [number, number, number, number];
  const { chunkLength, numHashes = 1, maxLength, seed = 0, keyMask } = options;
  requireInteger("numHashes", numHashes, 1);
  if (options.buckets) return tf.clone(checkBuckets(options.buckets, { batch, heads, length }, options));
  // What a token hashes to must not depend on how many follow it, so strict routing counts buckets by the maximum.
  const counted = options.routing === "strict" ? (maxLength ?? hashedLength) : hashedLength;
  const factors = resolveNumBuckets(options.numBuckets, { length: counted, chunkLength, maxLength });
  const rotations =
    options.rotations ?? drawRotations({ heads, depth, numHashes, numBuckets: factors, seed });
  assertShape("rotations", rotations.shape, "[heads, depth, numHashes, rotationSize]", {
    heads,
    depth,
    numHashes,
  });
  const buckets = hashVectors(options.hashed ?? queryKey, rotations, factors);
  if (!keyMask) return buckets;
  const real = tf.cast(tf.reshape(tf.notEqual(tf.cast(keyMask, "int32"), 0), [batch, 1, 1, length]), "int32");
  const extra = tf.scalar(bucketCount(factors), "int32");
  return tf.add(tf.mul(buckets, real), tf.mul(tf.sub(tf.scalar(1, "int32"), real), extra)) as tf.Tensor4D;
}

function checkBuckets(
  buckets: tf.Tensor,
  { batch, heads, length }: { batch: number; heads: number; length: number },
  { numHashes = 1 }: LshOptions,
): tf.Tensor4D {
  assertShape("buckets", buckets.shape, "[batch, heads, numHashes, length]", {
    batch,
    heads,
    length,
    numHashes,
  });
  requireType("buckets", buckets, "int32");
  return buckets as tf.Tensor4D;
}

/** Folded inputs of the kernels in sorted order, and how many slots a round has there. */
function sortedInputs(
  queryKey: tf.Tensor,
  value: tf.Tensor,
  buckets: tf.Tensor4D,
  chunking: Chunking,
  options: LshOptions,
): { inputs: ChunkAttentionInputs; paddedLength: number } {
  const { paddedLength, ...slots } = route(buckets, chunking, options);
  const normalized = normalizeKeys(queryKey);
  const key = foldHeads(normalized);
  normalized.dispose();
  const inputs = {
    query: foldHeads(queryKey),
    key,
    value: foldHeads(value),
    keyMask: options.keyMask && tf.cast(options.keyMask, "int32"),
    ...slots,
  };
  return { inputs, paddedLength };
}

/** Where everything sits after sorting. */
export function route(
  buckets: tf.Tensor4D,
  { chunkLength, chunksBefore, paddedLength, hashedLength }: Chunking,
  options: LshOptions,
) {
  const { routing, acrossBuckets = true } = options;
  const isStrict = routing === "strict";
  const counted = isStrict ? (options.maxLength ?? hashedLength) : hashedLength;
  const factors = resolveNumBuckets(options.numBuckets, { ...options, length: counted });
  // Masked tokens have one bucket more.
  const numBuckets = bucketCount(factors) + (options.keyMask ? 1 : 0);
  if (isStrict) return alignToBuckets(buckets, { chunkLength, chunksBefore, numBuckets });
  const { order, inverse } = sortByBucket(buckets, { paddedLength, numBuckets });
  return {
    order,
    inverse,
    paddedLength,
    slotBuckets: acrossBuckets ? undefined : slotBuckets(buckets, order),
  };
}

/** @throws InputError also when strict routing is asked to look ahead, which it exists to rule out */
export function resolveLshChunking(length: number, options: LshOptions): Chunking {
  const chunking = resolveChunking(length, options);
  if (options.routing !== "strict") return chunking;
  if (chunking.chunksAfter > 0) {
    throw new InputError({
      field: "chunksAfter",
      given: `${chunking.chunksAfter} with strict routing`,
      allowed: "0, because a token must not depend on later ones",
    });
  }
  return { ...chunking, isFull: false };
}

export function lshAttributes(
  buckets: tf.Tensor4D,
  chunking: Chunking,
  options: LshOptions,
): ChunkAttentionAttributes {
  const { chunkLength, chunksBefore, chunksAfter, causal, paddedLength } = chunking;
  const { rate, seed } = resolveDropout(options.dropout);
  return {
    numHashes: buckets.shape[2],
    paddedLength,
    chunkLength,
    chunksBefore,
    chunksAfter,
    causal,
    selfMask: true,
    duplicateCorrection: options.duplicateCorrection ?? false,
    dropoutRate: rate,
    dropoutSeed: seed,
  };
}

function sharedOptions({ causal, keyMask, dropout }: LshOptions) {
  return { causal, keyMask, dropout, sharedQueryKey: true };
}
