import type { ReformerConfig } from "../config";

/**
 * One hash round of one head, kept sorted while tokens arrive: which slots of the (bucket, position) order are near a
 * token. A token's slot is the number of tokens in lower buckets plus those before it in its own, so appending needs no
 * sorting, and finding a window costs the number of buckets plus the window, whatever the context's length.
 */
export interface SortedRound {
  /** Appends the next position. */
  append(bucket: number): void;
  /** Slot of the position appended last. */
  lastSlot(): number;
  /** Positions in the bucket of the position appended last, in order. */
  lastBucket(): readonly number[];
  /** Positions that stand in slots `from` … `to - 1`, in order; slots beyond the end hold nothing. */
  positions(from: number, to: number): number[];
  /** A copy that goes its own way. */
  fork(): SortedRound;
}

export function sortedRound(numBuckets: number): SortedRound {
  return continued(
    Array.from({ length: numBuckets }, () => []),
    0,
    0,
  );
}

/** Takes `members`: positions by bucket. */
function continued(members: number[][], length: number, newest: number): SortedRound {
  return {
    append(bucket) {
      members[bucket]!.push(length++);
      newest = bucket;
    },
    lastSlot() {
      let slot = members[newest]!.length - 1;
      for (let bucket = 0; bucket < newest; bucket++) slot += members[bucket]!.length;
      return slot;
    },
    lastBucket: () => members[newest]!,
    positions(from, to) {
      const found: number[] = [];
      let start = 0;
      for (let bucket = 0; bucket < members.length && start < to; bucket++) {
        const inBucket = members[bucket]!;
        const end = start + inBucket.length;
        for (let slot = Math.max(from, start); slot < Math.min(to, end); slot++)
          found.push(inBucket[slot - start]!);
        start = end;
      }
      return found;
    },
    fork: () =>
      continued(
        members.map((positions) => [...positions]),
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
  { chunkLength, chunksBefore, ring, acrossBuckets }: WindowOptions,
): number[] {
  const numChunks = Math.ceil(length / chunkLength);
  const allChunks = rounds.length * numChunks;
  return rounds.flatMap((round, r) => {
    const own = r * numChunks + Math.floor(round.lastSlot() / chunkLength);
    const bucket = acrossBuckets ? null : new Set(round.lastBucket());
    const seen: number[] = [];
    for (let back = chunksBefore; back >= 0; back--) {
      if (!ring && own - back < r * numChunks) continue;
      const chunk = (((own - back) % allChunks) + allChunks) % allChunks;
      const ofRound = Math.floor(chunk / numChunks);
      // A bucket of one round is none of another's.
      if (bucket && ofRound !== r) continue;
      const from = (chunk % numChunks) * chunkLength;
      const positions = rounds[ofRound]!.positions(from, from + chunkLength);
      seen.push(...(bucket ? positions.filter((position) => bucket.has(position)) : positions));
    }
    return seen;
  });
}

export type WindowOptions = Pick<ReformerConfig, "chunkLength" | "chunksBefore" | "ring" | "acrossBuckets">;

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
