/**
 * The backward pass of chunk attention. Weights are recomputed chunk by chunk from the log-normaliser over all rounds.
 * A chunk of keys is met by the queries of a few chunks around it: its gradient is summed while the window passes over
 * it, and goes to its positions when it leaves.
 */
import { addRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { exponential } from "../../../internal/wasm/assembly/exponential";
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { constantBelow, dropWeights, forbiddenBelow, forbiddenScore, selfScore } from "./masks";
import {
  block,
  chunkLength,
  chunksAfter,
  chunksBefore,
  depth,
  dropThreshold,
  gatherRows,
  groups,
  length,
  placeOf,
  ring,
  rows,
  width,
  windowChunks,
} from "./slots";
import { enter, keys, knownAt, layOutWindow, scoreWindow, values } from "./window";

let queries: usize, queriesAcross: usize, dOutputs: usize, dOutputsAcross: usize, dQueries: usize;
let dKeys: usize, dValues: usize, weights: usize, dScores: usize;
let bases: usize, alignments: usize, varying: usize, unused: usize;

/** @returns the bytes of scratch memory that {@link attentionGrad} needs */
export function attentionGradBytes(): f64 {
  layOut(0);
  return scratchBytes();
}

function layOut(start: usize): void {
  openScratch(start);
  queries = piece(rows, width);
  queriesAcross = piece(rows, width);
  dOutputs = piece(rows, width);
  dOutputsAcross = piece(rows, width);
  dQueries = piece(rows, width);
  dKeys = piece(rows * windowChunks, width);
  dValues = piece(rows * windowChunks, width);
  weights = piece(rows * windowChunks, rows);
  dScores = piece(rows * windowChunks, rows);
  bases = piece(rows, 1);
  alignments = piece(rows, 1);
  varying = piece(rows, 1);
  unused = piece(rows, 1);
  layOutWindow();
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
    for (let chunk = -chunksBefore; chunk < chunksAfter; chunk++) meet(group, chunk, key, value);
    for (let chunk = 0; chunk < ring; chunk++) {
      meet(group, chunk + chunksAfter, key, value);
      const own = knownAt(placeOf(chunk));
      readQueries(own, query, output, logSumExp, dOutput);
      pull(group, chunk);
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

function meet(group: i32, chunk: i32, key: usize, value: usize): void {
  enter(group, chunk, key, value);
  memory.fill(dKeys + placeOf(chunk) * block, 0, block);
  memory.fill(dValues + placeOf(chunk) * block, 0, block);
}

function leave(chunk: i32, dKey: usize, dValue: usize): void {
  const place = placeOf(chunk);
  addRows(knownAt(place), dKeys + place * block, dKey);
  addRows(knownAt(place), dValues + place * block, dValue);
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
function pull(group: i32, chunk: i32): void {
  const each = (<usize>rows) << 2,
    wide = (<usize>width) << 2,
    square = rows * each;
  scoreWindow(chunk, queriesAcross, weights, unused);
  for (let offset = 0; offset < windowChunks; offset++) {
    const place = placeOf(chunk - chunksBefore + offset), dWeights = dScores + offset * square;
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
