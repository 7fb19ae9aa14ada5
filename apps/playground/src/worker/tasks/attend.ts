/**
 * One sequence through LSH attention, with everything that a picture of it needs, from the package's own functions.
 *
 * Attention returns sums of values, not weights. But a query that attends to the rows of the identity matrix returns
 * its weights: so values here are one-hot, as wide as the sequence is long, and queries are padded with zeros to the
 * same width, which changes no dot product.
 */
import {
  drawRotations,
  fullAttentionForward,
  hashVectors,
  lshAttentionForward,
  normalizeKeys,
  sortByBucket,
} from "@reformer-ts/lsh";
import * as tf from "@tensorflow/tfjs-core";

/** What the hash and the windows are made of. */
export interface AttendSettings {
  numBuckets: number;
  numHashes: number;
  chunkLength: number;
  chunksBefore: number;
  causal: boolean;
  acrossBuckets: boolean;
  duplicateCorrection: boolean;
  seed: number;
}

export interface AttendRequest extends AttendSettings {
  /** `[length, depth]`: queries, and before normalisation keys. */
  vectors: Float32Array;
  length: number;
  depth: number;
  /** The curve goes from one round to this many. */
  maxHashes: number;
  /** `[count, depth]`: further vectors to be hashed alike, such as all directions of a circle. */
  probes?: Float32Array;
}

export interface AttendResult {
  /** Slots of a round: length, filled up to whole chunks. */
  paddedLength: number;
  /** `[maxHashes, length, numBuckets / 2]`: xR. */
  projections: Float32Array;
  /** `[maxHashes, length]` */
  buckets: Int32Array;
  /** `[maxHashes, paddedLength]`: the position in each slot, -1 in an empty one. */
  order: Int32Array;
  /** `[length, length]`: q · k. */
  scores: Float32Array;
  /** `[length, length]` each: the weights of full attention, and those of LSH attention over numHashes rounds. */
  fullWeights: Float32Array;
  lshWeights: Float32Array;
  /** The share of full attention's weight that one, two, … maxHashes rounds see; mean over queries. */
  shares: number[];
  /** The same for windows over the sequence in its own order. */
  localShare: number;
  /** `[maxHashes, probes]` */
  probeBuckets: Int32Array;
  /** Measured in this run, in milliseconds. */
  milliseconds: { hash: number; sort: number; attend: number; full: number };
}

export async function attend(request: AttendRequest): Promise<AttendResult> {
  const { vectors, length, depth, maxHashes, numHashes, numBuckets, chunkLength, causal, seed, probes } =
    request;
  const paddedLength = Math.ceil(length / chunkLength) * chunkLength;
  const width = Math.max(length, depth);
  const owned: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tensor);
    return tensor;
  };
  try {
    const queryKey = keep(tf.tensor4d(vectors, [1, 1, length, depth]));
    const rotations = keep(drawRotations({ heads: 1, depth, numHashes: maxHashes, numBuckets, seed }));
    const hash = await timed(() => keep(hashVectors(queryKey, rotations, numBuckets)));
    const buckets = hash.tensor;
    const sort = await timed(() => {
      const { order, inverse } = sortByBucket(buckets, { paddedLength });
      return (keep(inverse), keep(order));
    });

    const wide = keep(
      tf.pad(queryKey, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, width - depth],
      ]),
    );
    const oneHot = keep(tf.tidy(() => tf.reshape(tf.eye(length, width), [1, 1, length, width])));
    const weightsOf = (given: tf.Tensor, rounds: number) =>
      keep(
        tf.tidy(() => {
          const used = tf.slice(given, [0, 0, 0, 0], [1, 1, rounds, length]);
          const { output } = lshAttentionForward(wide, oneHot, {
            ...request,
            numHashes: rounds,
            buckets: used,
          });
          return square(output, length);
        }),
      );
    const attended = await timed(() => weightsOf(buckets, numHashes));
    const full = await timed(() =>
      keep(
        tf.tidy(() => {
          const { output } = fullAttentionForward(wide, wide, oneHot, { causal, sharedQueryKey: true });
          return square(output, length);
        }),
      ),
    );
    const shareOf = async (weights: tf.Tensor) => (await shareFound(full.tensor, weights, causal)) as number;
    const shares: number[] = [];
    for (let rounds = 1; rounds <= maxHashes; rounds++) {
      shares.push(await shareOf(rounds === numHashes ? attended.tensor : weightsOf(buckets, rounds)));
    }
    const unsorted = keep(tf.zeros([1, 1, 1, length], "int32"));
    return {
      paddedLength,
      projections: await read(project(queryKey, rotations)),
      buckets: (await buckets.data()) as Int32Array,
      order: (await sort.tensor.data()) as Int32Array,
      scores: await read(dotProducts(queryKey)),
      fullWeights: (await full.tensor.data()) as Float32Array,
      lshWeights: (await attended.tensor.data()) as Float32Array,
      shares,
      localShare: await shareOf(weightsOf(unsorted, 1)),
      probeBuckets: probes === undefined ? new Int32Array() : await hashProbes(probes, rotations, numBuckets),
      milliseconds: {
        hash: hash.milliseconds,
        sort: sort.milliseconds,
        attend: attended.milliseconds,
        full: full.milliseconds,
      },
    };
  } finally {
    tf.dispose(owned);
  }
}

/**
 * The better of two runs: the first of a kind also compiles. The result is read back, so that work which a device has
 * only queued is in the time.
 */
async function timed<T extends tf.Tensor>(run: () => T): Promise<{ tensor: T; milliseconds: number }> {
  const once = async () => {
    const started = performance.now();
    const tensor = run();
    await tensor.data();
    return { tensor, milliseconds: performance.now() - started };
  };
  const first = await once();
  const second = await once();
  return { ...second, milliseconds: Math.min(first.milliseconds, second.milliseconds) };
}

/** `[1, 1, length, width]` to `[length, length]`. */
function square(output: tf.Tensor, length: number): tf.Tensor {
  return tf.reshape(tf.slice(output, [0, 0, 0, 0], [1, 1, length, length]), [length, length]);
}

/** The mean over queries of the weight that full attention gives to what was seen: what has a weight at all. */
async function shareFound(full: tf.Tensor, weights: tf.Tensor, causal: boolean): Promise<number> {
  const found = tf.tidy(() => {
    const perQuery = tf.sum(tf.where(tf.greater(weights, 0), full, tf.zerosLike(full)), 1);
    // The first of a causal sequence has only itself to look at: there is nothing to find.
    return tf.mean(causal ? tf.slice(perQuery, [1]) : perQuery);
  });
  const [share] = await read(found);
  return share!;
}

function project(queryKey: tf.Tensor, rotations: tf.Tensor): tf.Tensor {
  const [, depth, rounds, directions] = rotations.shape as [number, number, number, number];
  return tf.tidy(() => {
    const rows = tf.reshape(queryKey, [-1, depth]);
    const projected = tf.matMul(rows, tf.reshape(rotations, [depth, rounds * directions]));
    return tf.transpose(tf.reshape(projected, [-1, rounds, directions]), [1, 0, 2]);
  });
}

function dotProducts(queryKey: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const query = tf.squeeze(queryKey, [0, 1]);
    return tf.matMul(query, normalizeKeys(query), false, true);
  });
}

async function hashProbes(
  probes: Float32Array,
  rotations: tf.Tensor,
  numBuckets: number,
): Promise<Int32Array> {
  const depth = rotations.shape[1]!;
  const buckets = tf.tidy(() =>
    hashVectors(tf.tensor4d(probes, [1, 1, probes.length / depth, depth]), rotations, numBuckets),
  );
  return (await read(buckets)) as unknown as Int32Array;
}

/** Takes the tensor. */
async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
