/** All that is drawn, in one object: what was asked, what came back, and lookups into both. */
import type { AttendRequest, AttendResult } from "../../worker/tasks/attend";
import { type Settings, sequenceLength } from "./settings";
import { spriteLetters } from "./sprite";

export interface Picture {
  request: AttendRequest;
  result: AttendResult;
  /** What each position is called: its character, or its number on the circle. */
  names: string[];
}

export function sequenceNames(settings: Settings): string[] {
  if (settings.source === "text") return [...settings.text];
  if (settings.source === "image") return spriteLetters;
  return Array.from({ length: sequenceLength(settings) }, (_, i) => String(i + 1));
}

/** The positions of one round's slots, -1 in empty ones. */
export function roundOrder({ result }: Picture, round: number): Int32Array {
  return result.order.subarray(round * result.paddedLength, (round + 1) * result.paddedLength);
}

/** `[xR ; -xR]` of one position in one round: what the hash takes the largest of. */
export function projectionsOf({ request, result }: Picture, round: number, position: number): number[] {
  const half = request.numBuckets / 2;
  const row = (round * request.length + position) * half;
  const along = Array.from(result.projections.subarray(row, row + half));
  return [...along, ...along.map((number) => -number)];
}
