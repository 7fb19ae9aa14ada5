/**
 * Chunk attention (section 2, figure 2): each chunk of sorted queries attends to a window of chunks, which slides along
 * the ring of all rounds. Scores of one chunk exist at a time, `[keys, queries]`, so that four queries are softmaxed at
 * once; rounds are merged in place.
 */
import { addRow, copyRow, scaleRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { exponential } from "../../../internal/wasm/assembly/exponential";
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { logarithmOf } from "../../../internal/wasm/assembly/vectors";
import { constantBelow, dropWeights } from "./masks";
import {
  block,
  chunkLength,
  chunksAfter,
  chunksBefore,
  chunksPerRound,
  depth,
  dropThreshold,
  gatherRows,
  groups,
  length,
  numHashes,
  placeOf,
  ring,
  rows,
  width,
  windowChunks,
} from "./slots";
import { enter, knownAt, layOutWindow, scoreWindow, values } from "./window";

let queries: usize, queriesAcross: usize, weights: usize, weighted: usize;
let largest: usize, sums: usize, merged: usize;

/** @returns the bytes of scratch memory that {@link attention} needs */
export function attentionBytes(): f64 {
  layOut(0);
  return scratchBytes();
}

function layOut(start: usize): void {
  openScratch(start);
  queries = piece(rows, width);
  queriesAcross = piece(rows, width);
  weighted = piece(rows, width);
  weights = piece(rows * windowChunks, rows);
  largest = piece(rows, 1);
  sums = piece(rows, 1);
  merged = piece(numHashes > 1 ? length : 0, 2);
  layOutWindow();
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

/** Of one chunk of queries: powers of their scores relative to the largest, their sums, and the values they weigh. */
function attend(group: i32, chunk: i32, query: usize): void {
  const each = (<usize>rows) << 2,
    wide = (<usize>width) << 2;
  gatherRows(knownAt(placeOf(chunk)), query, queries);
  transpose(rows, width, queries, wide, queriesAcross);
  for (let i: usize = 0; i < each; i += 16) v128.store(largest + i, f32x4.splat(-f32.MAX_VALUE));
  scoreWindow(chunk, queriesAcross, weights, largest);
  raise();
  if (dropThreshold != 0) dropWeights(group, chunk, weights);
  let powers = weights;
  for (let offset = 0; offset < windowChunks; offset++, powers += rows * each) {
    const place = placeOf(chunk - chunksBefore + offset);
    product(rows, width, rows, powers, 4, each, values + place * block, wide, weighted, wide, offset > 0);
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
  const positions = knownAt(placeOf(chunk));
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
