/**
 * The feed-forward layer in one dispatch. Inner vectors exist for 64 rows and 32 of their numbers at a time, in workgroup
 * memory: a workgroup standardizes its rows, makes a slice of inner numbers of them, and adds what that slice is worth to
 * up to 256 columns of y, which it keeps in registers. So there is nothing of shape `[rows, dFF]`.
 *
 * Wider layers make their inner numbers once for every 256 columns. Workgroup memory: 15.6 KiB.
 */
import { runProgram } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { Layer } from "./feed-forward-layer";

const tile = 64;
const slice = 16;
/** Inner numbers of a row at a time. */
const innerSlice = 32;
const mostColumns = 256;

/** y without its inner vectors; `output` says the shape, or with `adds` is what y is added to. */
export function contractAtOnce(
  backend: KernelBackend,
  { x, scale, bias, expand, expandBias, contract, contractBias, rows, dModel, dFF }: Layer,
  epsilon: number,
  output: TensorInfo,
  adds = false,
): TensorInfo {
  const columns = Math.ceil(Math.min(dModel, mostColumns) / tile) * tile;
  const columnBlocks = Math.ceil(dModel / columns);
  return runProgram(backend, {
    key: `feedForward_${columns}`,
    inputs: { x, scale, bias, expand, expandBias, contract, contractBias },
    output: adds ? output : { shape: output.shape, dtype: "float32" },
    integers: { rows, dModel, dFF, columnBlocks, adds: Number(adds) },
    floats: { epsilon },
    workgroups: Math.ceil(rows / tile) * columnBlocks,
    code: fusedCode(columns),
  });
}

function fusedCode(columns: number): string {
  const tiles = columns / tile;
  return `
const INNER_STRIDE = ${innerSlice + 1};
var<workgroup> hidden: array<f32, ${tile * (innerSlice + 1)}>;
// Slices of the rows [64, 16], then of what contracts [16, 64].
var<workgroup> first: array<f32, ${tile * (slice + 1)}>;
var<workgroup> second: array<f32, ${slice * (innerSlice + 1)}>;
var<workgroup> means: array<f32, ${tile}>;
var<workgroup> deviations: array<f32, ${tile}>;

// The sum over the four threads of a row.
fn sumOfRow(thread: i32, number: f32) -> f32 {
  workgroupBarrier();
  hidden[thread] = number;
  workgroupBarrier();
  let at = thread - thread % 4;
  return hidden[at] + hidden[at + 1] + hidden[at + 2] + hidden[at + 3];
}

fn standardize(firstRow: i32, thread: i32) {
  let row = firstRow + thread / 4;
  var sum = 0.0;
  if (row < uniforms.rows) {
    for (var d = thread % 4; d < uniforms.dModel; d += 4) { sum += x[row * uniforms.dModel + d]; }
  }
  let mean = sumOfRow(thread, sum) / f32(uniforms.dModel);
  var squares = 0.0;
  if (row < uniforms.rows) {
    for (var d = thread % 4; d < uniforms.dModel; d += 4) {
      let away = x[row * uniforms.dModel + d] - mean;
      squares += away * away;
    }
  }
  let variance = sumOfRow(thread, squares) / f32(uniforms.dModel);
  means[thread / 4] = mean;
  deviations[thread / 4] = inverseSqrt(variance + uniforms.epsilon);
}

fn run(workgroup: i32, thread: i32) {
  let firstRow = (workgroup / uniforms.columnBlocks) * ${tile};
  let firstColumn = (workgroup % uniforms.columnBlocks) * ${columns};
  let ownRow = thread / 16;
  let ownColumn = thread % 16;
  standardize(firstRow, thread);
  var sums: array<f32, ${16 * tiles}>;
  for (var h = 0; h < uniforms.dFF; h += ${innerSlice}) {
    var expanded: array<f32, 8>;
    for (var i = 0; i < 8; i++) { expanded[i] = 0.0; }
    for (var start = 0; start < uniforms.dModel; start += ${slice}) {
      workgroupBarrier();
      for (var i = thread; i < ${tile * slice}; i += 256) {
        let r = i / ${slice};
        let k = i % ${slice};
        let d = start + k;
        var number = 0.0;
        if (firstRow + r < uniforms.rows) {
          number = (x[(firstRow + r) * uniforms.dModel + d] - means[r]) * deviations[r] * scale[d] + bias[d];
        }
        first[r * ${slice + 1} + k] = number;
      }
      for (var i = thread; i < ${slice * innerSlice}; i += 256) {
        let k = i / ${innerSlice};
        let column = i % ${innerSlice};
        var number = 0.0;
        if (h + column < uniforms.dFF) { number = expand[(start + k) * uniforms.dFF + h + column]; }
        second[k * INNER_STRIDE + column] = number;
      }
      workgroupBarrier();
      for (var k = 0; k < ${slice}; k++) {
        for (var i = 0; i < 4; i++) {
          let own = first[(ownRow + 16 * i) * ${slice + 1} + k];
          for (var j = 0; j < 2; j++) { expanded[2 * i + j] += own * second[k * INNER_STRIDE + ownColumn + 16 * j]; }
        }
      }
    }
    for (var i = 0; i < 8; i++) {
      let column = ownColumn + 16 * (i % 2);
      var number = 0.0;
      if (h + column < uniforms.dFF) { number = max(expanded[i] + expandBias[h + column], 0.0); }
      hidden[(ownRow + 16 * (i / 2)) * INNER_STRIDE + column] = number;
    }
    for (var tile = 0; tile < ${tiles}; tile++) {
      for (var start = 0; start < ${innerSlice}; start += ${slice}) {
        workgroupBarrier();
        for (var i = thread; i < ${tile * slice}; i += 256) {
          let k = i / ${tile};
          let column = firstColumn + tile * ${tile} + i % ${tile};
          var number = 0.0;
          if (h + start + k < uniforms.dFF && column < uniforms.dModel) {
            number = contract[(h + start + k) * uniforms.dModel + column];
          }
          first[k * ${tile + 1} + i % ${tile}] = number;
        }
        workgroupBarrier();
        for (var k = 0; k < ${slice}; k++) {
          for (var i = 0; i < 4; i++) {
            let own = hidden[(ownRow + 16 * i) * INNER_STRIDE + start + k];
            for (var j = 0; j < 4; j++) {
              sums[tile * 16 + 4 * i + j] += own * first[k * ${tile + 1} + ownColumn + 16 * j];
            }
          }
        }
      }
    }
  }
  if (isPast(workgroup)) { return; }
  for (var i = 0; i < ${16 * tiles}; i++) {
    let row = firstRow + ownRow + 16 * ((i % 16) / 4);
    let column = firstColumn + (i / 16) * ${tile} + ownColumn + 16 * (i % 4);
    if (row >= uniforms.rows || column >= uniforms.dModel) { continue; }
    let at = row * uniforms.dModel + column;
    let y = sums[i] + contractBias[column];
    if (uniforms.adds == 1) { result[at] += y; } else { result[at] = y; }
  }
}`;
}
