/**
 * Chunk attention as products of tiles, flash style: a workgroup takes up to 64 rows of one chunk and walks along the
 * slots that they meet, 32 at a time. Scores live in registers and workgroup memory, and only sums over all of a row's
 * columns are written. Rows are queries that meet the keys of their window, or keys that meet the queries that see them:
 * so gradients of keys are gathered, not scattered, and need no atomic operations.
 *
 * Four threads share a row, eight columns each. Workgroup memory: 15.6 KiB.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { type Program, runProgram } from "./run-program";
import { type Slots, slotsCode } from "./slots";

export const rowsPerTile = 64;
const columnsPerTile = 32;
const slice = 16;
const scoreStride = columnsPerTile + 1;
const sliceStride = slice + 1;

export interface TileProgram {
  name: string;
  /** Who the rows are; the columns are the other. */
  rows: "queries" | "keys";
  /** `[groups, length, depth]` each: `first` is the product of row and column vectors, `second` likewise. */
  first: [row: string, column: string];
  second?: [row: string, column: string];
  /** Declarations of the program's own. */
  declarations?: string;
  /** WGSL before the walk. */
  begin?: string;
  /**
   * What a pair is worth, as WGSL statements that set `weight`: `score` (masked), `kept`, `dWeight` (the second
   * product), `queryPosition` and `group` are known. Runs for pairs that exist.
   */
  weigh: string;
  /** Column vectors that are summed with these weights; absent: nothing is, and `end` says what is written. */
  gathered?: string;
  /** WGSL behind the walk, in place of writing the sums; `position` is -1 where the row is empty. */
  end?: string;
}

export interface TileRun {
  slots: Slots;
  inputs: Record<string, TensorInfo>;
  output: Program["output"];
  /** Chunks of the ring to work on. */
  firstChunk: number;
  chunkCount: number;
  /** Add to what the output holds. */
  adds?: boolean;
}

export function runTiles(backend: KernelBackend, program: TileProgram, run: TileRun): TensorInfo {
  const { slots, inputs, output, firstChunk, chunkCount, adds = false } = run;
  const tilesPerChunk = Math.ceil(slots.chunkLength / rowsPerTile);
  return runProgram(backend, {
    key: `${program.name}_${Math.ceil(slots.depth / slice)}`,
    inputs,
    output,
    integers: {
      ...slots.integers,
      firstChunk,
      chunkCount,
      tilesPerChunk,
      adds: Number(adds),
      depth: slots.depth,
    },
    floats: slots.floats,
    workgroups: slots.groups * chunkCount * tilesPerChunk,
    code: tileCode(program, slots),
  });
}

/** Loads a slice of row or column vectors; absent ones are zero. */
function load(target: "rowSlice" | "columnSlice", tensor: string, count: number, positions: string): string {
  return `
    for (var i = thread; i < ${count * slice}; i += 256) {
      let d = start + i % ${slice};
      let position = ${positions}[i / ${slice}];
      var number = 0.0;
      if (position >= 0 && d < uniforms.depth) { number = ${tensor}[(group * uniforms.len + position) * uniforms.depth + d]; }
      ${target}[(i / ${slice}) * ${sliceStride} + i % ${slice}] = number;
    }`;
}

function multiply(into: string, [row, column]: [string, string]): string {
  return `
  for (var start = 0; start < uniforms.depth; start += ${slice}) {
    workgroupBarrier();
    ${load("rowSlice", row, rowsPerTile, "rowPositions")}
    ${load("columnSlice", column, columnsPerTile, "columnPositions")}
    workgroupBarrier();
    for (var d = 0; d < ${slice}; d++) {
      let own = rowSlice[row * ${sliceStride} + d];
      for (var j = 0; j < 8; j++) { ${into}[j] += own * columnSlice[(lane + 4 * j) * ${sliceStride} + d]; }
    }
  }`;
}

function gather(tensor: string): string {
  return `
  for (var start = 0; start < uniforms.depth; start += ${slice}) {
    workgroupBarrier();
    ${load("columnSlice", tensor, columnsPerTile, "columnPositions")}
    workgroupBarrier();
    for (var c = 0; c < ${columnsPerTile}; c++) {
      let weight = weights[row * ${scoreStride} + c];
      for (var j = 0; j < 4; j++) {
        sums[start / 4 + j] += weight * columnSlice[c * ${sliceStride} + lane * 4 + j];
      }
    }
  }`;
}

const writeSums = `
  if (position < 0) { return; }
  for (var i = 0; i < SUMS; i++) {
    let d = (i / 4) * ${slice} + lane * 4 + i % 4;
    if (d >= uniforms.depth) { continue; }
    let at = (group * uniforms.len + position) * uniforms.depth + d;
    if (uniforms.adds == 1) { result[at] += sums[i]; } else { result[at] = sums[i]; }
  }`;

function tileCode(program: TileProgram, slots: Slots): string {
  const { rows, first, second, begin = "", declarations = "", weigh, gathered, end = writeSums } = program;
  const rowsAreQueries = rows === "queries";
  return `
const SUMS = ${Math.ceil(slots.depth / slice) * 4};
${slotsCode}
var<workgroup> rowPositions: array<i32, ${rowsPerTile}>;
var<workgroup> columnPositions: array<i32, ${columnsPerTile}>;
var<workgroup> columnSlots: array<i32, ${columnsPerTile}>;
var<workgroup> rowSlice: array<f32, ${rowsPerTile * sliceStride}>;
var<workgroup> columnSlice: array<f32, ${columnsPerTile * sliceStride}>;
${gathered ? `var<workgroup> weights: array<f32, ${rowsPerTile * scoreStride}>;` : ""}
${declarations}

fn run(workgroup: i32, thread: i32) {
  let tile = workgroup % uniforms.tilesPerChunk;
  let chunk = uniforms.firstChunk + (workgroup / uniforms.tilesPerChunk) % uniforms.chunkCount;
  let group = workgroup / (uniforms.tilesPerChunk * uniforms.chunkCount);
  let row = thread / 4;
  let lane = thread % 4;
  let offset = tile * ${rowsPerTile} + row;
  let slot = chunk * uniforms.chunkLength + offset;
  var position = -1;
  if (offset < uniforms.chunkLength && !isPast(workgroup)) { position = positionAt(group, slot); }
  if (lane == 0) { rowPositions[row] = position; }
  ${gathered ? "var sums: array<f32, SUMS>;" : ""}
  ${begin}
  let columns = uniforms.windowChunks * uniforms.chunkLength;
  for (var firstColumn = 0; firstColumn < columns; firstColumn += ${columnsPerTile}) {
    workgroupBarrier();
    if (thread < ${columnsPerTile}) {
      let column = firstColumn + thread;
      let away = column / uniforms.chunkLength - uniforms.chunksBefore;
      let met = wrap(chunk ${rowsAreQueries ? "+" : "-"} away);
      let slotOfColumn = met * uniforms.chunkLength + column % uniforms.chunkLength;
      columnSlots[thread] = slotOfColumn;
      var positionOfColumn = -1;
      if (column < columns) { positionOfColumn = positionAt(group, slotOfColumn); }
      columnPositions[thread] = positionOfColumn;
    }
    var products: array<f32, 8>;
    for (var j = 0; j < 8; j++) { products[j] = 0.0; }
    ${multiply("products", first)}
    ${
      second
        ? `var dWeights: array<f32, 8>;
    for (var j = 0; j < 8; j++) { dWeights[j] = 0.0; }
    ${multiply("dWeights", second)}`
        : ""
    }
    for (var j = 0; j < 8; j++) {
      let c = lane + 4 * j;
      let other = columnPositions[c];
      var weight = 0.0;
      if (position >= 0 && other >= 0) {
        let otherSlot = columnSlots[c];
        let queryPosition = ${rowsAreQueries ? "position" : "other"};
        let keyPosition = ${rowsAreQueries ? "other" : "position"};
        let querySlot = ${rowsAreQueries ? "slot" : "otherSlot"};
        let keySlot = ${rowsAreQueries ? "otherSlot" : "slot"};
        let column = ${
          rowsAreQueries
            ? "firstColumn + c"
            : "((firstColumn + c) / uniforms.chunkLength) * uniforms.chunkLength + offset"
        };
        let score = maskedScore(group, querySlot, queryPosition, keySlot, keyPosition, products[j]);
        let kept = keptFactor(group, querySlot, column);
        ${second ? "let dWeight = dWeights[j];" : ""}
        ${weigh}
      }
      ${gathered ? `weights[row * ${scoreStride} + c] = weight;` : ""}
    }
    ${gathered ? gather(gathered) : ""}
  }
  ${end}
}`;
}
