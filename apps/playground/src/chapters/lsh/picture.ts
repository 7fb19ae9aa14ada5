/**
 * All that is drawn, in one object: what was asked, what came back, and lookups into both. A prepared one travels with
 * the page as JSON, so that the first paint waits for nothing.
 */
import type { AttendRequest, AttendResult } from "../../worker/tasks/attend";
import { type Settings, sequenceLength } from "./settings";
import { spriteLetters } from "./sprite";

export interface Picture {
  request: AttendRequest;
  result: AttendResult;
  /** What each position is called: its character, or its number on the circle. */
  names: string[];
}

export type EncodedPicture = {
  [K in keyof AttendResult]: AttendResult[K] extends ArrayBufferView ? number[] : AttendResult[K];
};

const integers = ["buckets", "order", "probeBuckets"] as const;
const floats = ["projections", "scores", "fullWeights", "lshWeights"] as const;
/** Of prepared numbers: more than a page prints. */
const significantDigits = 5;

export function encodeResult(result: AttendResult): EncodedPicture {
  const encoded: Record<string, unknown> = { ...result };
  for (const name of integers) encoded[name] = [...result[name]];
  for (const name of floats)
    encoded[name] = Array.from(result[name], (x) => Number(x.toPrecision(significantDigits)));
  return encoded as EncodedPicture;
}

export function decodeResult(encoded: EncodedPicture): AttendResult {
  const result: Record<string, unknown> = { ...encoded };
  for (const name of integers) result[name] = Int32Array.from(encoded[name]);
  for (const name of floats) result[name] = Float32Array.from(encoded[name]);
  return result as unknown as AttendResult;
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
