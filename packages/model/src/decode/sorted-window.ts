import type { ReformerConfig } from "../config";
import { counts, type Counts } from "./counts";

/**
 * One hash round of one head, kept sorted while tokens arrive: which slots of the (bucket, position) order are near a
 * token. A token's slot is the number of tokens in lower buckets plus those before it in its own, so appending needs no
 * sorting, and finding a window costs the logarithm of the number of buckets plus the window, whatever the context's
 * length.
 */
export interface SortedRound {
  /** Appends the next position. */
  append(bucket: number): void;
  /** Slot of the position appended last. */
  lastSlot(): number;
  /** Positions in the bucket of the position appended last, in order. */
  lastBucket(): readonly number[];
  /** First slot of that bucket. */
  lastBucketStart(): number;
  /** Positions that stand in slots `from` … `to - 1`, in order; slots beyond the end hold nothing. */
  positions(from: number, to: number): number[];
  /** A copy that goes its own way. */
  fork(): SortedRound;
}

export function sortedRound(numBuckets: number): SortedRound {
  return continued(
    Array.from({ length: numBuckets }, () => []),
    counts(numBuckets),
    0,
    0,
  );
}

/** Takes `members`, positions by bucket, and `sizes`, how many each bucket has. */
function continued(members: number[][], sizes: Counts, length: number, newest: number): SortedRound {
  return {
    append(bucket) {
      members[bucket]!.push(length++);
      sizes.increment(bucket);
      newest = bucket;
    },
    lastSlot: () => sizes.before(newest) + members[newest]!.length - 1,
    lastBucket: () => members[newest]!,
    lastBucketStart: () => sizes.before(newest),
    positions(from, to) {
      const found: number[] = [];
      const end = Math.min(to, length);
      if (from >= end) return found;
      let bucket = sizes.find(from);
      let within = from - sizes.before(bucket);
      for (let slot = from; slot < end; slot++) {
        while (within >= members[bucket]!.length) {
          bucket++;
          within = 0;
        }
        found.push(members[bucket]![within++]!);
      }
      return found;
    },
    fork: () =>
      continued(
        members.map((positions) => [...positions]),
        sizes.fork(),
        length,
        newest,
      ),
  };
}

/**
 * Positions that the newest token sees in LSH attention, with repetitions when several rounds find the same one: its
 * chunk and `chunksBefore` chunks of the ring over all rounds, exactly as the full pass over `length` tokens lays it.
 */
export function visiblePositions(
  rounds: readonly SortedRound[],
  length: number,
  { chunkLength, chunksBefore, ring, acrossBuckets, numChunks }: WindowOptions,
): number[] {
  const allChunks = rounds.length * numChunks;
  return rounds.flatMap((round, r) => {
    const own = r * numChunks + Math.floor(round.lastSlot() / chunkLength);
    const start = acrossBuckets ? 0 : round.lastBucketStart();
    const end = acrossBuckets ? length : start + round.lastBucket().length;
    const seen: number[] = [];
    for (let back = chunksBefore; back >= 0; back--) {
      if (!ring && own - back < r * numChunks) continue;
      const chunk = (((own - back) % allChunks) + allChunks) % allChunks;
      const ofRound = Math.floor(chunk / numChunks);
      // A bucket of one round is none of another's.
      if (!acrossBuckets && ofRound !== r) continue;
      const from = (chunk % numChunks) * chunkLength;
      seen.push(...rounds[ofRound]!.positions(Math.max(from, start), Math.min(from + chunkLength, end)));
    }
    return seen;
  });
}

export interface WindowOptions extends Pick<
  ReformerConfig,
  "chunkLength" | "chunksBefore" | "ring" | "acrossBuckets"
> {
  /** Chunks of a round, padding included. */
  numChunks: number;
}

/**
 * The same for strict routing: of the newest token's bucket, its chunk and `chunksBefore` before it. Later tokens never
 * move them, so what is attended to now is what the full pass over any longer sequence attends to.
 */
export function visibleInBuckets(
  rounds: readonly SortedRound[],
  chunkLength: number,
  chunksBefore: number,
): number[] {
  return rounds.flatMap((round) => {
    const bucket = round.lastBucket();
    const chunk = Math.floor((bucket.length - 1) / chunkLength);
    return bucket.slice(Math.max(0, chunk - chunksBefore) * chunkLength);
  });
}
