/** What a token attended to, as passages that can be read: neighbouring bytes together, the heaviest first. */
import type { Attended } from "../../worker/tasks/novel";
import type { Writing } from "./writing";

export interface Passage {
  /** In tokens of the window: first and last. */
  from: number;
  to: number;
  weight: number;
}

/** Bytes that lie no farther apart belong to one passage. */
const gap = 12;
/** What is nearer than this is no passage but the line that is being written. */
export const nearby = 64;
const mostPassages = 8;

/** @param query the position that attended */
export function passagesOf(attended: readonly Attended[], query: number): { near: number; far: Passage[] } {
  const isNear = ({ position }: Attended) => query - position < nearby;
  const near = attended.filter(isNear).reduce((sum, { weight }) => sum + weight, 0);
  const passages: Passage[] = [];
  const byPlace = attended.filter((one) => !isNear(one)).toSorted((a, b) => a.position - b.position);
  for (const { position, weight } of byPlace) {
    const last = passages.at(-1);
    if (last && position - last.to <= gap) {
      last.to = position;
      last.weight += weight;
    } else passages.push({ from: position, to: position, weight });
  }
  return { near, far: passages.toSorted((a, b) => b.weight - a.weight).slice(0, mostPassages) };
}

export interface Looked extends ReturnType<typeof passagesOf> {
  text: Uint8Array;
  /** The position of the token that looked. */
  query: number;
}

/** Where the last token of a writing looked; undefined before one has been written. */
export function lookedAt({ text, given, written, last }: Writing): Looked | undefined {
  const query = given + written - 1;
  return last && { ...passagesOf(last.attended, query), text, query };
}

/** Bytes `from … to` of a text as text; characters that are cut at the ends are left out. */
export function excerpt(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder()
    .decode(bytes.subarray(Math.max(0, from), Math.max(0, Math.min(bytes.length, to))))
    .replace(/^\uFFFD+|\uFFFD+$/g, "");
}
