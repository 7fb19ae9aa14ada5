/** What stands in for scores, and which weights are dropped: one chunk of queries against one chunk of keys. */
import { logarithm } from "../../../internal/wasm/assembly/vectors";
import {
  chunkLength,
  chunksBefore,
  dropoutSeed,
  dropThreshold,
  duplicateCorrection,
  hasCodes,
  keptScale,
  numHashes,
  queryCodes,
  ring,
  rows,
  selfMask,
  slotBuckets,
  windowChunks,
} from "./slots";

export const forbiddenScore: f32 = -1e9;
export const selfScore: f32 = -1e5;
/** Below a forbidden key: an empty slot weighs nothing even among those. */
const emptyScore: f32 = -2e9;
/** Scores below are constants of the masks; below the second, those of forbidden keys. */
export const constantBelow: f32 = -5e4;
export const forbiddenBelow: f32 = -5e8;

/** Masks `scores[keys, queries]`, and raises `largest[queries]` to the largest of them. */
export function maskScores(queries: usize, keys: usize, scores: usize, largest: usize): void {
  const each = (<usize>rows) << 2;
  const forbidden = f32x4.splat(forbiddenScore),
    own = f32x4.splat(selfScore),
    empty = f32x4.splat(emptyScore);
  const keepsWithin = slotBuckets != 0;
  const hidesSelf = selfMask,
    comparesCodes = hasCodes,
    counts = duplicateCorrection;
  for (let query: usize = 0; query < each; query += 16) {
    const position = v128.load(queries + query);
    const code = queryCodes(position);
    const bucket = v128.load(queries + query + 2 * each);
    let top = v128.load(largest + query);
    let at = scores + query;
    for (let key: usize = 0; key < each; key += 4, at += each) {
      const keyPosition = v128.load32_splat(keys + key);
      let score = v128.load(at);
      if (counts) score = f32x4.sub(score, logCounts(queries + query, keys + key));
      if (comparesCodes) {
        score = v128.bitselect(forbidden, score, i32x4.gt_s(v128.load32_splat(keys + key + each), code));
      }
      if (keepsWithin) {
        score = v128.bitselect(forbidden, score, i32x4.ne(v128.load32_splat(keys + key + 2 * each), bucket));
      }
      if (hidesSelf) score = v128.bitselect(own, score, i32x4.eq(keyPosition, position));
      score = v128.bitselect(empty, score, i32x4.shr_s(keyPosition, 31));
      v128.store(at, score);
      top = f32x4.pmax(top, score);
    }
    v128.store(largest + query, top);
  }
}

/** log N of equation 16: how often each of four queries meets a key in its windows over all rounds. */
function logCounts(query: usize, key: usize): v128 {
  const each = (<usize>rows) << 2;
  const windows = i32x4.splat(windowChunks),
    turn = i32x4.splat(ring);
  let counts = i32x4.splat(0);
  for (let round = 0; round < numHashes; round++) {
    const first = i32x4.sub(v128.load(query + (3 + round) * each), i32x4.splat(chunksBefore));
    const bucket = v128.load(query + (3 + numHashes + round) * each);
    for (let other = 0; other < numHashes; other++) {
      // How many chunks after the window's first the key lies; a short ring is met more than once.
      let distance = i32x4.sub(v128.load32_splat(key + (3 + other) * each), first);
      while (v128.any_true(i32x4.ge_s(distance, turn))) {
        distance = i32x4.sub(distance, v128.and(i32x4.ge_s(distance, turn), turn));
      }
      while (v128.any_true(i32x4.shr_s(distance, 31))) {
        distance = i32x4.add(distance, v128.and(i32x4.shr_s(distance, 31), turn));
      }
      const meets = i32x4.eq(v128.load32_splat(key + (3 + numHashes + other) * each), bucket);
      for (let turns = 0; turns < windowChunks; turns += ring) {
        counts = i32x4.sub(counts, v128.and(meets, i32x4.lt_s(distance, windows)));
        distance = i32x4.add(distance, turn);
      }
    }
  }
  return logarithm(f32x4.convert_i32x4_s(i32x4.max_s(counts, i32x4.splat(1))));
}

/** Wellons' lowbias32 (public domain), as in src/dropout.ts. */
function scramble(given: u32): u32 {
  let x = (given ^ (given >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/** `weights[columns, queries]` of a whole window times 0 where dropped and keptScale where kept. */
export function dropWeights(group: i32, chunk: i32, weights: usize): void {
  const each = (<usize>rows) << 2;
  for (let i = 0; i < chunkLength; i++, weights += 4) {
    const slot = chunk * chunkLength + i;
    const row = scramble(scramble(dropoutSeed ^ (<u32>group * 0x9e3779b1)) ^ (<u32>(slot + 1) * 0x85ebca77));
    for (let offset = 0; offset < windowChunks; offset++) {
      let at = weights + <usize>(offset * rows) * each;
      for (let j = 0; j < chunkLength; j++, at += each) {
        const column = <u32>(offset * chunkLength + j);
        const draw = scramble(row + (column >> 1) * 0x9e3779b9);
        const isKept = (column & 1 ? draw >> 16 : draw & 0xffff) >= dropThreshold;
        store<f32>(at, isKept ? load<f32>(at) * keptScale : 0);
      }
    }
  }
}
