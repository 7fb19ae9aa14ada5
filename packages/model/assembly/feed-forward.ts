/**
 * `FeedForward(LayerNorm(x))` with relu, forward and backward, block by block: nothing as wide as dFF and as long as
 * the sequence exists unless the caller wants to keep it. Contract: src/kernels/names.ts.
 */
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { padded } from "../../../internal/wasm/assembly/vectors";
import { addColumns, addToRows, blockRows, fillRows, layerNorm, layerNormGrad, transpose } from "./rows";

let dModel: i32, dFF: i32, epsilon: f32;
let scale: usize, bias: usize, expand: usize, expandBias: usize, contract: usize, contractBias: usize;

/** The layer's sizes and parameters. */
export function openFeedForward(
  newDModel: i32,
  newDFF: i32,
  newEpsilon: f32,
  newScale: usize,
  newBias: usize,
  newExpand: usize,
  newExpandBias: usize,
  newContract: usize,
  newContractBias: usize,
): void {
  dModel = newDModel;
  dFF = newDFF;
  epsilon = newEpsilon;
  scale = newScale;
  bias = newBias;
  expand = newExpand;
  expandBias = newExpandBias;
  contract = newContract;
  contractBias = newContractBias;
}

let unit: usize, input: usize, inverse: usize, output: usize, hidden: usize;
let dOutput: usize, dHidden: usize, expandAcross: usize, contractAcross: usize;

/** @returns the bytes of scratch memory that both passes need */
export function feedForwardBytes(): f64 {
  layOut(0);
  return scratchBytes();
}

function layOut(start: usize): void {
  openScratch(start);
  unit = piece(blockRows, dModel);
  input = piece(blockRows, dModel);
  output = piece(blockRows, dModel);
  dOutput = piece(blockRows, dModel);
  hidden = piece(blockRows, dFF);
  dHidden = piece(blockRows, dFF);
  expandAcross = piece(dModel, dFF);
  contractAcross = piece(dModel, dFF);
  inverse = piece(blockRows, 1);
}

/** @param activated `[rows, dFF]`, written, or 0 when it is not wanted */
export function feedForward(scratch: usize, rows: i32, x: usize, y: usize, activated: usize): void {
  layOut(scratch);
  for (let first = 0; first < rows; first += blockRows) {
    const count = min(blockRows, rows - first);
    normAndExpand(count, x);
    if (activated != 0) {
      memory.copy(activated, hidden, <usize>(count * dFF) << 2);
      activated += <usize>(count * dFF) << 2;
    }
    contractTo(count, hidden, y);
    x += <usize>(count * dModel) << 2;
    y += <usize>(count * dModel) << 2;
  }
}

function normAndExpand(count: i32, x: usize): void {
  const filled = padded(count), narrow = <usize>dModel << 2, wide = <usize>dFF << 2;
  layerNorm(count, filled, dModel, x, scale, bias, epsilon, unit, inverse, input);
  product(filled, dFF, dModel, input, narrow, 4, expand, wide, hidden, wide, false);
  let row = hidden;
  for (let i = 0; i < filled; i++, row += wide) {
    for (let c: usize = 0; c < wide; c += 16) {
      // In this order NaN stays NaN.
      v128.store(row + c, f32x4.pmax(f32x4.add(v128.load(row + c), v128.load(expandBias + c)), f32x4.splat(0)));
    }
  }
}

function contractTo(count: i32, from: usize, y: usize): void {
  const narrow = <usize>dModel << 2, wide = <usize>dFF << 2;
  product(padded(count), dModel, dFF, from, wide, 4, contract, narrow, output, narrow, false);
  addToRows(count, dModel, output, contractBias, y);
}

/**
 * @param activated `[rows, dFF]` of the forward pass, or 0: computed again
 * @param y         written, or 0 when it is not wanted
 */
export function feedForwardGrad(
  scratch: usize,
  rows: i32,
  x: usize,
  activated: usize,
  dy: usize,
  y: usize,
  dx: usize,
  dScale: usize,
  dBias: usize,
  dExpand: usize,
  dExpandBias: usize,
  dContract: usize,
  dContractBias: usize,
): void {
  layOut(scratch);
  const narrow = <usize>dModel << 2, wide = <usize>dFF << 2;
  transpose(dModel, dFF, expand, wide, expandAcross);
  transpose(dFF, dModel, contract, narrow, contractAcross);
  memory.fill(dScale, 0, narrow);
  memory.fill(dBias, 0, narrow);
  memory.fill(dExpand, 0, dModel * wide);
  memory.fill(dExpandBias, 0, wide);
  memory.fill(dContract, 0, dModel * wide);
  memory.fill(dContractBias, 0, narrow);
  for (let first = 0; first < rows; first += blockRows) {
    const count = min(blockRows, rows - first), filled = padded(count);
    if (activated == 0) normAndExpand(count, x);
    else {
      layerNorm(count, filled, dModel, x, scale, bias, epsilon, unit, inverse, input);
      fillRows(count, filled, dFF, activated, hidden);
      activated += <usize>count * wide;
    }
    if (y != 0) {
      contractTo(count, hidden, y);
      y += <usize>count * narrow;
    }
    fillRows(count, filled, dModel, dy, dOutput);
    addColumns(count, dModel, dOutput, dContractBias);
    product(dFF, dModel, filled, hidden, 4, wide, dOutput, narrow, dContract, narrow, true);
    product(filled, dFF, dModel, dOutput, narrow, 4, contractAcross, wide, dHidden, wide, false);
    for (let at: usize = 0; at < <usize>filled * wide; at += 16) {
      const isActive = f32x4.gt(v128.load(hidden + at), f32x4.splat(0));
      v128.store(dHidden + at, v128.and(v128.load(dHidden + at), isActive));
    }
    addColumns(count, dFF, dHidden, dExpandBias);
    product(dModel, dFF, filled, input, 4, narrow, dHidden, wide, dExpand, wide, true);
    product(filled, dModel, dFF, dHidden, wide, 4, expandAcross, narrow, dOutput, narrow, false);
    layerNormGrad(count, dModel, dOutput, scale, unit, inverse, dx, dScale, dBias);
    x += <usize>count * narrow;
    dy += <usize>count * narrow;
    dx += <usize>count * narrow;
  }
}
