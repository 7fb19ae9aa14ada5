/**
 * Which slots a chunk sees. Chunks of all rounds laid end to end form a ring: the first chunk of a round looks back to
 * the last one of the round before, and the very first to the very last.
 */
import type { AttendRequest } from "../../worker/tasks/attend";
import type { Picture } from "./picture";

export interface WindowChunk {
  round: number;
  /** Counted within its round. */
  chunk: number;
}

type Geometry = Pick<AttendRequest, "length" | "chunkLength" | "chunksBefore" | "numHashes">;

export function chunksPerRound({ length, chunkLength }: Pick<Geometry, "length" | "chunkLength">): number {
  return Math.ceil(length / chunkLength);
}

/** The chunks that a chunk's queries look into, the farthest back first. */
export function windowOf(geometry: Geometry, { round, chunk }: WindowChunk): WindowChunk[] {
  const perRound = chunksPerRound(geometry);
  const ring = perRound * geometry.numHashes;
  return Array.from({ length: geometry.chunksBefore + 1 }, (_, i) => {
    const place = round * perRound + chunk - geometry.chunksBefore + i;
    const onRing = ((place % ring) + ring) % ring;
    return { round: Math.floor(onRing / perRound), chunk: onRing % perRound };
  });
}

/** The slot of every position in one round. */
export function slotsOf({ request, result }: Picture, round: number): Int32Array {
  const slots = new Int32Array(request.length);
  for (let slot = 0; slot < result.paddedLength; slot++) {
    const position = result.order[round * result.paddedLength + slot]!;
    if (position >= 0) slots[position] = slot;
  }
  return slots;
}

/** Rounds, counted from 0, in which a query's window holds a key that it may attend to. */
export function roundsSeen(picture: Picture, query: number, key: number): number[] {
  const { request, result } = picture;
  const { numHashes, chunkLength, causal, acrossBuckets, length } = request;
  if (causal && key > query) return [];
  const bucket = (round: number, position: number) => result.buckets[round * length + position];
  return Array.from({ length: numHashes }, (_, round) => round).filter((round) => {
    const chunk = Math.floor(slotsOf(picture, round)[query]! / chunkLength);
    return windowOf(request, { round, chunk }).some((window) => {
      const keySlot = slotsOf(picture, window.round)[key]!;
      if (Math.floor(keySlot / chunkLength) !== window.chunk) return false;
      return acrossBuckets || (window.round === round && bucket(round, query) === bucket(round, key));
    });
  });
}
