/** The window of chunks that slides along the ring: keys, values, and what is known about each of their slots. */
import { piece } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { maskScores } from "./masks";
import {
  block,
  chunkBytes,
  chunksBefore,
  depth,
  fillChunk,
  gatherRows,
  numbersPerSlot,
  placeOf,
  rows,
  width,
  windowChunks,
  wrap,
} from "./slots";

/** One block for each place of the window. */
export let keys: usize, values: usize;
let chunks: usize;

/** Asks for the window's scratch memory. */
export function layOutWindow(): void {
  keys = piece(rows * windowChunks, width);
  values = piece(rows * windowChunks, width);
  chunks = piece(rows * windowChunks, numbersPerSlot);
}

/** What {@link fillChunk} found out about the chunk at a place of the window. */
// @ts-ignore: decorator
@inline
export function knownAt(place: i32): usize {
  return chunks + place * chunkBytes;
}

/** Takes a chunk of the ring into the window, in place of the one that leaves. */
export function enter(group: i32, chunk: i32, key: usize, value: usize): void {
  const place = placeOf(chunk);
  const known = knownAt(place);
  fillChunk(group, wrap(chunk), known);
  gatherRows(known, key, keys + place * block);
  gatherRows(known, value, values + place * block);
}

/**
 * Masked scores of one chunk of queries, `[keys of the window, queries]`; `largest[queries]` is raised to the largest.
 *
 * @param queriesAcross `[width, queries]`
 */
export function scoreWindow(chunk: i32, queriesAcross: usize, scores: usize, largest: usize): void {
  const each = (<usize>rows) << 2, wide = (<usize>width) << 2;
  const own = knownAt(placeOf(chunk));
  for (let offset = 0; offset < windowChunks; offset++, scores += rows * each) {
    const place = placeOf(chunk - chunksBefore + offset);
    product(rows, rows, depth, keys + place * block, wide, 4, queriesAcross, each, scores, each, false);
    maskScores(own, knownAt(place), scores, largest);
  }
}
