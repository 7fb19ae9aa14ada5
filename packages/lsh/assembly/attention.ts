/**
 * Chunk attention (section 2, figure 2): each chunk of sorted queries attends to a window of chunks, which slides along
 * the ring of all rounds. Scores of one chunk exist at a time, `[keys, queries]`, so that four queries are softmaxed at
 * once; rounds are merged in place.
 */
import { addRow, copyRow, scaleRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { product } from "../../../internal/wasm/assembly/product";
import { exponential, logarithmOf } from "../../../internal/wasm/assembly/vectors";
import { constantBelow, dropWeights, maskScores } from "./masks";
import {
  block,
  chunkBytes,
  chunkLength,
  chunksAfter,
  chunksBefore,
  chunksPerRound,
  depth,
  dropThreshold,
  fillChunk,
  gatherRows,
  groups,
  length,
  numHashes,
  placeOf,
  ring,
  rows,
  width,
  windowChunks,
  wrap,
} from "./slots";

let queries: usize, queriesAcross: usize, keys: usize, values: usize, weights: usize, weighted: usize;
let largest: usize, sums: usize, chunks: usize, merged: usize;

/** @returns the bytes of scratch memory that {@link attention} needs */
export function attentionBytes(): usize {
  return layOut(0);
}

function layOut(start: usize): usize {
  queries = start;
  queriesAcross = queries + block;
  weighted = queriesAcross + block;
  keys = weighted + block;
  values = keys + block * windowChunks;
  weights = values + block * windowChunks;
  largest = weights + ((<usize>(rows * rows * windowChunks)) << 2);
  sums = largest + ((<usize>rows) << 2);
  chunks = sums + ((<usize>rows) << 2);
  merged = chunks + chunkBytes * windowChunks;
  return merged + (numHashes > 1 ? (<usize>length) << 3 : 0);
}

/** All tensors are `[groups, length, depth]` but logSumExp, `[groups, length]`. */
export function attention(
  scratch: usize,
  query: usize,
  key: usize,
  value: usize,
  output: usize,
  logSumExp: usize,
): void {
  layOut(scratch);
  const perGroup = (<usize>length * depth) << 2;
  for (let group = 0; group < groups; group++) {
    for (let chunk = -chunksBefore; chunk < chunksAfter; chunk++) enter(group, chunk, key, value);
    for (let chunk = 0; chunk < ring; chunk++) {
      enter(group, chunk + chunksAfter, key, value);
      attend(group, chunk, query);
      mergeRows(chunk, output, logSumExp);
    }
    query += perGroup;
    key += perGroup;
    value += perGroup;
    output += perGroup;
    logSumExp += (<usize>length) << 2;
  }
}

function enter(group: i32, chunk: i32, key: usize, value: usize): void {
  const place = placeOf(chunk);
  const known = chunks + place * chunkBytes;
  fillChunk(group, wrap(chunk), known);
  gatherRows(known, key, keys + place * block);
  gatherRows(known, value, values + place * block);
}

/** Of one chunk of queries: powers of their scores relative to the largest, their sums, and the values they weigh. */
function attend(group: i32, chunk: i32, query: usize): void {
  const own = chunks + placeOf(chunk) * chunkBytes;
  const each = (<usize>rows) << 2,
    wide = (<usize>width) << 2;
  gatherRows(own, query, queries);
  transpose(rows, width, queries, wide, queriesAcross);
  for (let i: usize = 0; i < each; i += 16) v128.store(largest + i, f32x4.splat(-f32.MAX_VALUE));
  let scores = weights;
  for (let offset = 0; offset < windowChunks; offset++, scores += rows * each) {
    const place = placeOf(chunk - chunksBefore + offset);
    product(rows, rows, depth, keys + place * block, wide, 4, queriesAcross, each, scores, each, false);
    maskScores(own, chunks + place * chunkBytes, scores, largest);
  }
  raise();
  if (dropThreshold != 0) dropWeights(group, chunk, weights);
  scores = weights;
  for (let offset = 0; offset < windowChunks; offset++, scores += rows * each) {
    const place = placeOf(chunk - chunksBefore + offset);
    product(rows, width, rows, scores, 4, each, values + place * block, wide, weighted, wide, offset > 0);
  }
}

/** Scores to powers, and their sums. */
function raise(): void {
  const each = (<usize>rows) << 2;
  const end = weights + <usize>(windowChunks * rows) * each;
  for (let query: usize = 0; query < each; query += 16) {
    const top = v128.load(largest + query);
    let sum = f32x4.splat(0);
    for (let at = weights + query; at < end; at += each) {
      const power = exponential(f32x4.sub(v128.load(at), top));
      v128.store(at, power);
      sum = f32x4.add(sum, power);
    }
    v128.store(sums + query, sum);
  }
}

/** Brings a chunk's rows to their positions, on top of what earlier rounds left there. */
function mergeRows(chunk: i32, output: usize, logSumExp: usize): void {
  const positions = chunks + placeOf(chunk) * chunkBytes;
  const round = chunk / chunksPerRound;
  for (let i = 0; i < chunkLength; i++) {
    const position = load<i32>(positions + ((<usize>i) << 2));
    if (position < 0) continue;
    let top = load<f32>(largest + ((<usize>i) << 2)),
      sum = load<f32>(sums + ((<usize>i) << 2));
    const row = weighted + ((<usize>i * width) << 2);
    const to = output + ((<usize>position * depth) << 2);
    const total = merged + ((<usize>position) << 3);
    if (round > 0) {
      const oldTop = load<f32>(total),
        highest = max(oldTop, top);
      const before = powerOf(oldTop - highest),
        now = powerOf(top - highest);
      scaleRow(depth, before, to);
      scaleRow(depth, now, row);
      addRow(depth, row, to);
      sum = load<f32>(total, 4) * before + sum * now;
      top = highest;
    } else copyRow(depth, row, to);
    if (round < numHashes - 1) {
      store<f32>(total, top);
      store<f32>(total, sum, 4);
      continue;
    }
    scaleRow(depth, 1 / sum, to);
    // A row of equal constants is stored as constant times count: see src/log-sum-exp.ts.
    store<f32>(
      logSumExp + ((<usize>position) << 2),
      top < constantBelow ? top * sum : top + logarithmOf(sum),
    );
  }
}

function powerOf(x: f32): f32 {
  return f32x4.extract_lane(exponential(f32x4.splat(x)), 0);
}
