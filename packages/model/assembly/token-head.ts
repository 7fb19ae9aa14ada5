/**
 * Layer norm of both streams, projection to the vocabulary, cross entropy and all gradients over blocks of rows: logits
 * exist for a block at a time. Contract: src/kernels/names.ts.
 */
import { copyRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { exponential } from "../../../internal/wasm/assembly/exponential";
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { largestOf, logarithmOf, padded, sumOf } from "../../../internal/wasm/assembly/vectors";
import { blockRows, layerNorm, layerNormGrad } from "./rows";

/** A logit that takes no part: the columns beyond the vocabulary, up to whole vectors. */
const absent: f32 = -1e30;

/** Of both streams side by side. */
let width: i32, vocabulary: i32, columns: i32;
let both: usize, unit: usize, input: usize, logits: usize, weights: usize, across: usize, dWeights: usize;
let inverse: usize;

/** @returns the bytes of scratch memory that {@link tokenHead} needs */
export function tokenHeadBytes(dModel: i32, vocabSize: i32): f64 {
  layOut(0, dModel, vocabSize);
  return scratchBytes();
}

function layOut(start: usize, dModel: i32, vocabSize: i32): void {
  width = 2 * dModel;
  vocabulary = vocabSize;
  columns = padded(vocabSize);
  openScratch(start);
  both = piece(blockRows, width);
  unit = piece(blockRows, width);
  input = piece(blockRows, width);
  logits = piece(blockRows, columns);
  weights = piece(width, columns);
  across = piece(width, columns);
  dWeights = piece(width, columns);
  inverse = piece(blockRows, 1);
}

/** Whether every target is -1 or a token. */
export function areTargets(count: i32, vocabSize: i32, targets: usize): bool {
  for (let i = 0; i < count; i++) {
    const target = load<i32>(targets + (<usize>i << 2));
    if (target < -1 || target >= vocabSize) return false;
  }
  return true;
}

/** @param nats `[]`, written like all that follow it */
export function tokenHead(
  scratch: usize,
  rows: i32,
  dModel: i32,
  vocabSize: i32,
  epsilon: f32,
  share: f32,
  x1: usize,
  x2: usize,
  scale: usize,
  bias: usize,
  weight: usize,
  targets: usize,
  nats: usize,
  d1: usize,
  d2: usize,
  dScale: usize,
  dBias: usize,
  dWeight: usize,
): void {
  layOut(scratch, dModel, vocabSize);
  const wide = <usize>width << 2, each = <usize>columns << 2, narrow = <usize>dModel << 2;
  memory.fill(weights, 0, <usize>width * each);
  memory.fill(dWeights, 0, <usize>width * each);
  memory.fill(dScale, 0, wide);
  memory.fill(dBias, 0, wide);
  for (let i: usize = 0; i < <usize>width; i++) {
    copyRow(vocabulary, weight + ((i * vocabulary) << 2), weights + i * each);
  }
  transpose(width, columns, weights, each, across);
  let total: f64 = 0;
  for (let first = 0; first < rows; first += blockRows) {
    const count = min(blockRows, rows - first), filled = padded(count);
    for (let i: usize = 0; i < <usize>count; i++) {
      copyRow(dModel, x1 + i * narrow, both + i * wide);
      copyRow(dModel, x2 + i * narrow, both + i * wide + narrow);
    }
    layerNorm(count, filled, width, both, scale, bias, epsilon, unit, inverse, input);
    product(filled, columns, width, input, wide, 4, weights, each, logits, each, false);
    for (let i = 0; i < filled; i++) {
      const row = logits + <usize>i * each;
      const target = i < count ? load<i32>(targets + (<usize>i << 2)) : -1;
      if (target < 0) memory.fill(row, 0, each);
      else total += compareRow(row, target, share);
    }
    product(width, columns, filled, input, 4, wide, logits, each, dWeights, each, true);
    product(filled, width, columns, logits, each, 4, across, wide, both, wide, false);
    layerNormGrad(count, width, both, scale, unit, inverse, both, dScale, dBias);
    for (let i: usize = 0; i < <usize>count; i++) {
      copyRow(dModel, both + i * wide, d1 + i * narrow);
      copyRow(dModel, both + i * wide + narrow, d2 + i * narrow);
    }
    x1 += <usize>count * narrow;
    x2 += <usize>count * narrow;
    d1 += <usize>count * narrow;
    d2 += <usize>count * narrow;
    targets += <usize>count << 2;
  }
  store<f32>(nats, <f32>total);
  for (let i: usize = 0; i < <usize>width; i++) {
    copyRow(vocabulary, dWeights + i * each, dWeight + ((i * vocabulary) << 2));
  }
}

/**
 * Turns a row of logits into the gradient of its negative log-likelihood, times share.
 *
 * @returns the negative log-likelihood in nats
 */
function compareRow(row: usize, target: i32, share: f32): f32 {
  const each = <usize>columns << 2;
  const hit = load<f32>(row + (<usize>target << 2));
  for (let column = vocabulary; column < columns; column++) store<f32>(row + (<usize>column << 2), absent);
  let largest = v128.load(row);
  for (let c: usize = 16; c < each; c += 16) largest = f32x4.pmax(largest, v128.load(row + c));
  const top = largestOf(largest), least = f32x4.splat(top);
  let sums = f32x4.splat(0);
  for (let c: usize = 0; c < each; c += 16) {
    const power = exponential(f32x4.sub(v128.load(row + c), least));
    v128.store(row + c, power);
    sums = f32x4.add(sums, power);
  }
  const sum = sumOf(sums), factor = f32x4.splat(share / sum);
  for (let c: usize = 0; c < each; c += 16) v128.store(row + c, f32x4.mul(v128.load(row + c), factor));
  const at = row + (<usize>target << 2);
  store<f32>(at, load<f32>(at) - share);
  return top + logarithmOf(sum) - hit;
}
