/**
 * What chosen queries attend to, in original positions: for looking at, not for computing with. Only the keys that a
 * query sees are listed, so a few queries of a long sequence cost a few windows, never length x length.
 *
 * Numbers are read back to the host and weighed there, apart from the ops and kernels that compute attention.
 */
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { checkHeads } from "./inputs";
import type { LocalOptions } from "./local-attention";
import { resolveBuckets, resolveLshChunking, route } from "./lsh-attention";
import { forbiddenScore, selfScore } from "./masks";
import { type Chunking, type LshOptions, resolveChunking } from "./options";
import { scaledKey } from "./shared-keys";

/** A layer's vectors, `[batch, heads, length, depth]`, with the options that attention is called with. */
export type Attending =
  | ({ queryKey: tf.Tensor } & LshOptions)
  | ({ query: tf.Tensor; key: tf.Tensor } & LocalOptions);

export interface AttentionRow {
  batch: number;
  head: number;
  /** Position of the query. */
  query: number;
  /** Every key of weight above 0, by position; over all hash rounds together, without dropout. Weights sum to 1. */
  keys: { position: number; weight: number }[];
}

export interface AttentionView {
  /** For every example, head and query, in this order. */
  rows: AttentionRow[];
  /** `[batch, heads, numHashes, length]`: where every position hashed; null where nothing was hashed. */
  buckets: Int32Array | null;
}

/** One key in one round's window. */
interface Sight {
  position: number;
  /** It lies in a bucket that the query may look into. */
  reachable: boolean;
}

/** `sights(group, query)` lists what a query sees, a key once for every time it is seen. */
interface Windows {
  sights(group: number, query: number): Sight[];
  buckets: Int32Array | null;
}

/**
 * What chosen queries attend to, by original position and weight, and every bucket: for looking at.
 *
 * @param attending vectors and options; local attention with a chunk as long as the sequence is full attention
 * @param queries   positions whose attention is wanted
 * @throws InputError when shapes disagree, an option is out of range, or a position lies beyond the sequence
 */
export function attentionOf(attending: Attending, queries: readonly number[]): AttentionView {
  const isLsh = "queryKey" in attending;
  const query = isLsh ? attending.queryKey : attending.query;
  const key = isLsh ? attending.queryKey : attending.key;
  const { heads, length, depth, batch } = checkHeads({ query, key }, attending.keyMask);
  const outside = queries.find(
    (position) => !(Number.isInteger(position) && position >= 0 && position < length),
  );
  if (outside !== undefined) {
    throw new InputError({
      field: "queries",
      given: `${outside}`,
      allowed: `positions from 0 to ${length - 1}`,
    });
  }
  const sharedQueryKey = isLsh || (attending.sharedQueryKey ?? false);
  const { causal = true, keyMask } = attending;
  const queryValues = query.dataSync();
  const keyValues = onHost(() => scaledKey(query, key, { sharedQueryKey }).dataSync());
  const real = keyMask?.dataSync();
  const windows = isLsh
    ? lshWindows(attending, length)
    : chunkWindows(resolveChunking(length, attending), length);

  const scoreOf = (group: number, i: number, { position: j, reachable }: Sight): number => {
    if (sharedQueryKey && i === j) return selfScore;
    const masked = real?.[Math.floor(group / heads) * length + j] === 0;
    if ((causal && j > i) || masked || !reachable) return forbiddenScore;
    let score = 0;
    for (let d = 0; d < depth; d++) {
      score += queryValues[(group * length + i) * depth + d]! * keyValues[(group * length + j) * depth + d]!;
    }
    return score;
  };
  const rows = Array.from({ length: batch * heads }, (_, group) =>
    queries.map((position) => {
      const sights = windows.sights(group, position);
      const scores = sights.map((sight) => scoreOf(group, position, sight));
      if (isLsh && attending.duplicateCorrection) countOnce(sights, scores);
      const place = { batch: Math.floor(group / heads), head: group % heads, query: position };
      return { ...place, keys: weigh(sights, scores) };
    }),
  );
  return { rows: rows.flat(), buckets: windows.buckets };
}

function lshWindows(attending: { queryKey: tf.Tensor } & LshOptions, length: number): Windows {
  const { queryKey } = attending;
  const chunking = resolveLshChunking(length, attending);
  if (chunking.isFull) return chunkWindows(chunking, length);
  return onHost(() => {
    const buckets = resolveBuckets(queryKey, chunking, attending);
    const { order, inverse, slotBuckets, paddedLength } = route(buckets, chunking, attending);
    return {
      ...slotWindows({ ...chunking, paddedLength }, length, {
        numHashes: buckets.shape[2],
        order: order.dataSync(),
        inverse: inverse.dataSync(),
        slotBuckets: slotBuckets?.dataSync(),
      }),
      buckets: buckets.dataSync() as Int32Array,
    };
  });
}

/** Positions in order: local attention, and whatever fits one chunk. */
function chunkWindows(chunking: Chunking, length: number): Windows {
  const everything = Array.from({ length }, (_, position) => ({ position, reachable: true }));
  if (chunking.isFull) return { sights: () => everything, buckets: null };
  return { ...slotWindows(chunking, length, { numHashes: 1 }), buckets: null };
}

interface Slots {
  numHashes: number;
  order?: ArrayLike<number>;
  inverse?: ArrayLike<number>;
  slotBuckets?: ArrayLike<number>;
}

/** The windows of a query's chunks on the ring of all rounds. */
function slotWindows(
  { chunkLength, chunksBefore, chunksAfter, paddedLength }: Chunking,
  length: number,
  { numHashes, order, inverse, slotBuckets }: Slots,
): Pick<Windows, "sights"> {
  const slots = numHashes * paddedLength;
  const chunks = slots / chunkLength;
  const positionAt = (group: number, slot: number) => {
    if (order) return order[group * slots + slot]!;
    return slot < length ? slot : -1;
  };
  const bucketAt = (group: number, slot: number) => slotBuckets?.[group * slots + slot];
  return {
    sights(group, query) {
      const sights: Sight[] = [];
      for (let round = 0; round < numHashes; round++) {
        const own = inverse ? inverse[(group * numHashes + round) * length + query]! : query;
        for (let offset = -chunksBefore; offset <= chunksAfter; offset++) {
          const chunk = (((Math.floor(own / chunkLength) + offset) % chunks) + chunks) % chunks;
          for (let slot = chunk * chunkLength; slot < (chunk + 1) * chunkLength; slot++) {
            const position = positionAt(group, slot);
            const reachable = bucketAt(group, slot) === bucketAt(group, own);
            if (position >= 0) sights.push({ position, reachable });
          }
        }
      }
      return sights;
    },
  };
}

/** Equation 16: log N comes off the score of a key that is seen N times. */
function countOnce(sights: readonly Sight[], scores: number[]): void {
  const times = new Map<number, number>();
  for (const { position, reachable } of sights) {
    if (reachable) times.set(position, (times.get(position) ?? 0) + 1);
  }
  sights.forEach(({ position }, i) => {
    if (scores[i]! > selfScore) scores[i]! -= Math.log(times.get(position)!);
  });
}

function weigh(sights: readonly Sight[], scores: readonly number[]) {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  const weights = new Map<number, number>();
  sights.forEach(({ position }, i) => {
    if (powers[i]! > 0) weights.set(position, (weights.get(position) ?? 0) + powers[i]! / total);
  });
  return [...weights]
    .map(([position, weight]) => ({ position, weight }))
    .toSorted((a, b) => a.position - b.position);
}

/** What `read` makes of tensors that are gone afterwards. */
function onHost<Result>(read: () => Result): Result {
  let result: Result | undefined;
  tf.tidy(() => {
    result = read();
  });
  return result!;
}
