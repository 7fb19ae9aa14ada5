/**
 * Into an attention layer and out of it: `LayerNorm(x) W` written head by head, `[batch, heads, length, depth]`, and the
 * heads' outputs back to the model's width. Contract: src/kernels/names.ts.
 */
import { copyRow } from "../../../internal/wasm/assembly/blocks";
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { padded } from "../../../internal/wasm/assembly/vectors";
import { blockRows, fillRows, layerNorm, layerNormGrad, transpose } from "./rows";

let batch: i32, heads: i32, length: i32, depth: i32, dModel: i32, inner: i32;

export function openHeads(newBatch: i32, newHeads: i32, newLength: i32, newDepth: i32, newDModel: i32): void {
  batch = newBatch;
  heads = newHeads;
  length = newLength;
  depth = newDepth;
  dModel = newDModel;
  inner = heads * depth;
}

let unit: usize, input: usize, inverse: usize, dInput: usize, projected: usize, across: usize;

/** @returns the bytes of scratch memory that each of the four kernels needs */
export function headsBytes(): f64 {
  layOut(0);
  return scratchBytes();
}

function layOut(start: usize): void {
  openScratch(start);
  unit = piece(blockRows, dModel);
  input = piece(blockRows, dModel);
  dInput = piece(blockRows, dModel);
  projected = piece(blockRows, inner);
  across = piece(3 * dModel, inner);
  inverse = piece(blockRows, 1);
}

/** A block's heads side by side, `[filled, inner]`; zeros in the rows that are missing. */
function gatherHeads(example: i32, first: i32, count: i32, filled: i32, from: usize): void {
  for (let i = 0; i < count; i++) {
    for (let head = 0; head < heads; head++) {
      const at = (<usize>((example * heads + head) * length + first + i) * depth) << 2;
      copyRow(depth, from + at, projected + (<usize>(i * inner + head * depth) << 2));
    }
  }
  memory.fill(projected + (<usize>(count * inner) << 2), 0, <usize>((filled - count) * inner) << 2);
}

/** And back to where each belongs. */
function scatterHeads(example: i32, first: i32, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    for (let head = 0; head < heads; head++) {
      const at = (<usize>((example * heads + head) * length + first + i) * depth) << 2;
      copyRow(depth, projected + (<usize>(i * inner + head * depth) << 2), to + at);
    }
  }
}

/** Weights and outputs: the third of each is 0 when there are two. */
export function projectHeads(
  scratch: usize,
  epsilon: f32,
  x: usize,
  scale: usize,
  bias: usize,
  first: usize,
  second: usize,
  third: usize,
  toFirst: usize,
  toSecond: usize,
  toThird: usize,
): void {
  layOut(scratch);
  const narrow = <usize>dModel << 2;
  for (let example = 0; example < batch; example++) {
    for (let start = 0; start < length; start += blockRows) {
      const count = min(blockRows, length - start);
      layerNorm(count, padded(count), dModel, x, scale, bias, epsilon, unit, inverse, input);
      project(example, start, count, first, toFirst);
      project(example, start, count, second, toSecond);
      if (third != 0) project(example, start, count, third, toThird);
      x += <usize>count * narrow;
    }
  }
}

function project(example: i32, start: i32, count: i32, weight: usize, to: usize): void {
  const wide = <usize>inner << 2;
  product(padded(count), inner, dModel, input, <usize>dModel << 2, 4, weight, wide, projected, wide, false);
  scatterHeads(example, start, count, to);
}

export function projectHeadsGrad(
  scratch: usize,
  epsilon: f32,
  x: usize,
  scale: usize,
  bias: usize,
  first: usize,
  second: usize,
  third: usize,
  dFirst: usize,
  dSecond: usize,
  dThird: usize,
  dx: usize,
  dScale: usize,
  dBias: usize,
  toFirst: usize,
  toSecond: usize,
  toThird: usize,
): void {
  layOut(scratch);
  const narrow = <usize>dModel << 2, wide = <usize>inner << 2, size = dModel * wide;
  transpose(dModel, inner, first, wide, across);
  transpose(dModel, inner, second, wide, across + size);
  if (third != 0) transpose(dModel, inner, third, wide, across + 2 * size);
  memory.fill(dScale, 0, narrow);
  memory.fill(dBias, 0, narrow);
  memory.fill(toFirst, 0, size);
  memory.fill(toSecond, 0, size);
  if (third != 0) memory.fill(toThird, 0, size);
  for (let example = 0; example < batch; example++) {
    for (let start = 0; start < length; start += blockRows) {
      const count = min(blockRows, length - start);
      layerNorm(count, padded(count), dModel, x, scale, bias, epsilon, unit, inverse, input);
      pull(example, start, count, across, dFirst, toFirst, false);
      pull(example, start, count, across + size, dSecond, toSecond, true);
      if (third != 0) pull(example, start, count, across + 2 * size, dThird, toThird, true);
      layerNormGrad(count, dModel, dInput, scale, unit, inverse, dx, dScale, dBias);
      x += <usize>count * narrow;
      dx += <usize>count * narrow;
    }
  }
}

function pull(
  example: i32,
  start: i32,
  count: i32,
  weightAcross: usize,
  gradient: usize,
  dWeight: usize,
  adds: bool,
): void {
  const narrow = <usize>dModel << 2, wide = <usize>inner << 2, filled = padded(count);
  gatherHeads(example, start, count, filled, gradient);
  product(filled, dModel, inner, projected, wide, 4, weightAcross, narrow, dInput, narrow, adds);
  product(dModel, inner, filled, input, 4, narrow, projected, wide, dWeight, wide, true);
}

/** The heads side by side times weight. */
export function mergeHeads(scratch: usize, from: usize, weight: usize, y: usize): void {
  layOut(scratch);
  const narrow = <usize>dModel << 2, wide = <usize>inner << 2;
  for (let example = 0; example < batch; example++) {
    for (let start = 0; start < length; start += blockRows) {
      const count = min(blockRows, length - start), filled = padded(count);
      gatherHeads(example, start, count, filled, from);
      product(filled, dModel, inner, projected, wide, 4, weight, narrow, input, narrow, false);
      memory.copy(y, input, <usize>count * narrow);
      y += <usize>count * narrow;
    }
  }
}

export function mergeHeadsGrad(
  scratch: usize,
  from: usize,
  weight: usize,
  dy: usize,
  dHeads: usize,
  dWeight: usize,
): void {
  layOut(scratch);
  const narrow = <usize>dModel << 2, wide = <usize>inner << 2;
  transpose(inner, dModel, weight, narrow, across);
  memory.fill(dWeight, 0, dModel * wide);
  for (let example = 0; example < batch; example++) {
    for (let start = 0; start < length; start += blockRows) {
      const count = min(blockRows, length - start), filled = padded(count);
      fillRows(count, filled, dModel, dy, dInput);
      product(filled, inner, dModel, dInput, narrow, 4, across, wide, projected, wide, false);
      scatterHeads(example, start, count, dHeads);
      gatherHeads(example, start, count, filled, from);
      product(inner, dModel, filled, projected, 4, wide, dInput, narrow, dWeight, narrow, true);
      dy += <usize>count * narrow;
    }
  }
}
