/**
 * The backward pass of chunk attention. Weights are recomputed chunk by chunk from the log-normaliser over all rounds.
 * A chunk of keys is met by the queries of a few chunks around it: its gradient is summed while the window passes over
 * it, and goes to its positions when it leaves.
 */
import { addRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { product } from "../../../internal/wasm/assembly/product";
import { exponential } from "../../../internal/wasm/assembly/vectors";
import { constantBelow, dropWeights, forbiddenBelow, forbiddenScore, maskScores, selfScore } from "./masks";
import {
  block,
  chunkBytes,
  chunkLength,
  chunksAfter,
  chunksBefore,
  depth,
  dropThreshold,
  fillChunk,
  gatherRows,
  groups,
  length,
  placeOf,
  ring,
  rows,
  width,
  windowChunks,
  wrap,
} from "./slots";

let queries: usize, queriesAcross: usize, dOutputs: usize, dOutputsAcross: usize, dQueries: usize;
let keys: usize, values: usize, dKeys: usize, dValues: usize, weights: usize, dScores: usize;
let bases: usize, alignments: usize, varying: usize, unused: usize, chunks: usize;

/** @returns the bytes of scratch memory that {@link attentionGrad} needs */
export function attentionGradBytes(): usize {
  return layOut(0);
}

function layOut(start: usize): usize {
  const window = block * windowChunks,
    each = (<usize>rows) << 2;
  queries = start;
  queriesAcross = queries + block;
  dOutputs = queriesAcross + block;
  dOutputsAcross = dOutputs + block;
  dQueries = dOutputsAcross + block;
  keys = dQueries + block;
  values = keys + window;
  dKeys = values + window;
  dValues = dKeys + window;
  weights = dValues + window;
  dScores = weights + <usize>(rows * windowChunks) * each;
  bases = dScores + <usize>(rows * windowChunks) * each;
  alignments = bases + each;
  varying = alignments + each;
  unused = varying + each;
  chunks = unused + each;
  return chunks + chunkBytes * windowChunks;
}

/** All tensors are `[groups, length, depth]` but logSumExp, `[groups, length]`. */
export function attentionGrad(
  scratch: usize,
  query: usize,
  key: usize,
  value: usize,
  output: usize,
  logSumExp: usize,
  dOutput: usize,
  dQuery: usize,
  dKey: usize,
  dValue: usize,
): void {
  layOut(scratch);
  const perGroup = (<usize>length * depth) << 2;
  memory.fill(dQuery, 0, perGroup * groups);
  memory.fill(dKey, 0, perGroup * groups);
  memory.fill(dValue, 0, perGroup * groups);
  for (let group = 0; group < groups; group++) {
    for (let chunk = -chunksBefore; chunk < chunksAfter; chunk++) enter(group, chunk, key, value);
    for (let chunk = 0; chunk < ring; chunk++) {
      enter(group, chunk + chunksAfter, key, value);
      const own = chunks + placeOf(chunk) * chunkBytes;
      readQueries(own, query, output, logSumExp, dOutput);
      pull(group, chunk, own);
      addRows(own, dQueries, dQuery);
      leave(chunk - chunksBefore, dKey, dValue);
    }
    for (let chunk = ring - chunksBefore; chunk < ring + chunksAfter; chunk++) leave(chunk, dKey, dValue);
    query += perGroup;
    key += perGroup;
    value += perGroup;
    output += perGroup;
    logSumExp += (<usize>length) << 2;
    dOutput += perGroup;
    dQuery += perGroup;
    dKey += perGroup;
    dValue += perGroup;
  }
}

function enter(group: i32, chunk: i32, key: usize, value: usize): void {
  const place = placeOf(chunk);
  const known = chunks + place * chunkBytes;
  fillChunk(group, wrap(chunk), known);
  gatherRows(known, key, keys + place * block);
  gatherRows(known, value, values + place * block);
  memory.fill(dKeys + place * block, 0, block);
  memory.fill(dValues + place * block, 0, block);
}

function leave(chunk: i32, dKey: usize, dValue: usize): void {
  const place = placeOf(chunk);
  addRows(chunks + place * chunkBytes, dKeys + place * block, dKey);
  addRows(chunks + place * chunkBytes, dValues + place * block, dValue);
}

function addRows(positions: usize, from: usize, to: usize): void {
  for (let i = 0; i < chunkLength; i++, positions += 4, from += (<usize>width) << 2) {
    const position = load<i32>(positions);
    if (position >= 0) addRow(depth, from, to + ((<usize>position * depth) << 2));
  }
}

/**
 * How far each row's gradient goes along with its output, and what its scores are relative to. In a row of constants
 * nothing depends on queries and keys: its query becomes zero, and its gradient is shared among the keys.
 */
function readQueries(own: usize, query: usize, output: usize, logSumExp: usize, dOutput: usize): void {
  gatherRows(own, query, queries);
  gatherRows(own, dOutput, dOutputs);
  for (let i = 0; i < rows; i++) {
    const position = load<i32>(own + ((<usize>i) << 2));
    const at = (<usize>i) << 2;
    let alignment: f32 = 0,
      base: f32 = 1e30,
      varies = -1;
    if (position >= 0) {
      const row = (<usize>position * depth) << 2;
      for (let d: usize = 0; d < (<usize>depth) << 2; d += 4) {
        alignment += load<f32>(output + row + d) * load<f32>(dOutput + row + d);
      }
      base = load<f32>(logSumExp + ((<usize>position) << 2));
      if (base < constantBelow) {
        const level = base < forbiddenBelow ? forbiddenScore : selfScore;
        shareRow(i, level / base);
        base = level;
        varies = 0;
      }
    }
    store<f32>(bases + at, base);
    store<f32>(alignments + at, alignment);
    store<i32>(varying + at, varies);
  }
  transpose(rows, width, queries, (<usize>width) << 2, queriesAcross);
  transpose(rows, width, dOutputs, (<usize>width) << 2, dOutputsAcross);
}

function shareRow(i: i32, share: f32): void {
  const wide = (<usize>width) << 2,
    row = i * wide;
  for (let d: usize = 0; d < wide; d += 16) {
    v128.store(queries + row + d, f32x4.splat(0));
    v128.store(dOutputs + row + d, f32x4.mul(v128.load(dOutputs + row + d), f32x4.splat(share)));
  }
}

/** Gradients of one chunk of queries, and what they add to those of the window's keys and values. */
function pull(group: i32, chunk: i32, own: usize): void {
  const each = (<usize>rows) << 2,
    wide = (<usize>width) << 2,
    square = rows * each;
  for (let offset = 0; offset < windowChunks; offset++) {
    const place = placeOf(chunk - chunksBefore + offset);
    const scores = weights + offset * square,
      dWeights = dScores + offset * square;
    product(rows, rows, depth, keys + place * block, wide, 4, queriesAcross, each, scores, each, false);
    maskScores(own, chunks + place * chunkBytes, scores, unused);
    product(rows, rows, depth, values + place * block, wide, 4, dOutputsAcross, each, dWeights, each, false);
  }
  if (dropThreshold != 0) dropWeights(group, chunk, dScores);
  pullScores();
  if (dropThreshold != 0) dropWeights(group, chunk, weights);
  for (let offset = 0; offset < windowChunks; offset++) {
    const place = placeOf(chunk - chunksBefore + offset);
    const powers = weights + offset * square,
      dScore = dScores + offset * square;
    product(rows, width, rows, dScore, 4, each, keys + place * block, wide, dQueries, wide, offset > 0);
    product(rows, width, rows, dScore, each, 4, queries, wide, dKeys + place * block, wide, true);
    product(rows, width, rows, powers, each, 4, dOutputs, wide, dValues + place * block, wide, true);
  }
}

/** Scores to weights, gradients of weights to gradients of scores. */
function pullScores(): void {
  const each = (<usize>rows) << 2;
  const size = <usize>(windowChunks * rows) * each;
  for (let query: usize = 0; query < each; query += 16) {
    const base = v128.load(bases + query),
      alignment = v128.load(alignments + query);
    const varies = v128.load(varying + query);
    for (let at = query; at < size; at += each) {
      const weight = exponential(f32x4.sub(v128.load(weights + at), base));
      v128.store(weights + at, weight);
      const dScore = f32x4.mul(weight, f32x4.sub(v128.load(dScores + at), alignment));
      v128.store(dScores + at, v128.and(dScore, varies));
    }
  }
}
