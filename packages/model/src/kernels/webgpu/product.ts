/**
 * One tiled product for all layers, `C[rows, columns] = A[rows, inner] B[inner, columns]`. What A and B are (as they lie,
 * transposed, by heads, normalised on the way) and what is done with a sum, is said in WGSL.
 *
 * A workgroup makes a tile of 64 x 64, a thread 4 x 4 of it in registers; slices of 16 pass through workgroup memory
 * (8.4 KiB). Where a long inner axis leaves few tiles, it is split among workgroups, and the parts are added up after.
 */
import { release, runProgram } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { columnSums, type Target } from "./column-sums";

const tile = 64;
const slice = 16;
const leftStride = slice + 1;
const rightStride = tile + 1;

export interface Product {
  /** Stands for the code. */
  key: string;
  inputs: Record<string, TensorInfo>;
  rows: number;
  inner: number;
  columns: number;
  integers?: Record<string, number>;
  floats?: Record<string, number>;
  /** WGSL: `fn left(row: i32, k: i32) -> f32` and `fn right(k: i32, column: i32) -> f32`. */
  operands: string;
  /** Neighbouring threads read along rows, rather than along the inner axis: for operands that lie transposed. */
  alongRows?: { left?: boolean; right?: boolean };
  output: Target;
  /** WGSL that writes `sum` of `row` and `column`; by default into `[rows, columns]`. */
  write?: string;
}

export function runProduct(backend: KernelBackend, product: Product): TensorInfo {
  return runParts(backend, product, 1);
}

/**
 * The product over a long inner axis, such as all rows of a layer: that of a weight's gradient.
 *
 * @param adds whether it is added to what `output` holds
 */
export function runLongProduct(
  backend: KernelBackend,
  { output, ...product }: Omit<Product, "write">,
  adds = false,
): TensorInfo {
  const { inner, rows, columns } = product;
  const parts = Math.min(16, Math.ceil(inner / 1024));
  const part = runParts(backend, { ...product, output: { shape: [parts, rows * columns] } }, parts);
  if (parts === 1 && !adds && !("dataId" in output)) return { ...part, shape: [...output.shape] };
  const sums = columnSums(backend, {
    key: "parts",
    inputs: { part },
    code: "fn number(row: i32, column: i32) -> f32 { return part[row * uniforms.columns + column]; }",
    rows: parts,
    columns: rows * columns,
    output,
    adds,
  });
  release(backend, part);
  return sums;
}

function runParts(backend: KernelBackend, product: Product, parts: number): TensorInfo {
  const { key, inputs, rows, inner, columns, integers, floats, output } = product;
  const rowTiles = Math.ceil(rows / tile);
  const columnTiles = Math.ceil(columns / tile);
  return runProgram(backend, {
    key: `product_${key}`,
    inputs,
    output: "dataId" in output ? output : { shape: output.shape, dtype: "float32" },
    integers: {
      ...integers,
      rows,
      inner,
      columns,
      rowTiles,
      columnTiles,
      stretch: Math.ceil(inner / parts / slice) * slice,
    },
    ...(floats ? { floats } : {}),
    workgroups: rowTiles * columnTiles * parts,
    code: code(product),
  });
}

const plainWrite = "result[(part * uniforms.rows + row) * uniforms.columns + column] = sum;";

function code({ operands, alongRows = {}, write = plainWrite }: Product): string {
  const [row, leftK] = alongRows.left ? [`i % ${tile}`, `i / ${tile}`] : [`i / ${slice}`, `i % ${slice}`];
  const [column, rightK] = alongRows.right
    ? [`i / ${slice}`, `i % ${slice}`]
    : [`i % ${tile}`, `i / ${tile}`];
  return `
${operands}
var<workgroup> leftSlice: array<f32, ${tile * leftStride}>;
var<workgroup> rightSlice: array<f32, ${slice * rightStride}>;
fn run(workgroup: i32, thread: i32) {
  let tiles = uniforms.rowTiles * uniforms.columnTiles;
  let part = workgroup / tiles;
  let firstRow = ((workgroup % tiles) / uniforms.columnTiles) * ${tile};
  let firstColumn = (workgroup % uniforms.columnTiles) * ${tile};
  let ownRow = thread / 16;
  let ownColumn = thread % 16;
  var sums: array<f32, 16>;
  for (var step = 0; step < uniforms.stretch; step += ${slice}) {
    let start = part * uniforms.stretch + step;
    workgroupBarrier();
    for (var i = thread; i < ${tile * slice}; i += 256) {
      let row = ${row};
      let k = ${leftK};
      var number = 0.0;
      if (firstRow + row < uniforms.rows && start + k < uniforms.inner) { number = left(firstRow + row, start + k); }
      leftSlice[row * ${leftStride} + k] = number;
    }
    for (var i = thread; i < ${tile * slice}; i += 256) {
      let column = ${column};
      let k = ${rightK};
      var number = 0.0;
      if (firstColumn + column < uniforms.columns && start + k < uniforms.inner) {
        number = right(start + k, firstColumn + column);
      }
      rightSlice[k * ${rightStride} + column] = number;
    }
    workgroupBarrier();
    for (var k = 0; k < ${slice}; k++) {
      for (var i = 0; i < 4; i++) {
        let own = leftSlice[(ownRow + 16 * i) * ${leftStride} + k];
        for (var j = 0; j < 4; j++) { sums[4 * i + j] += own * rightSlice[k * ${rightStride} + ownColumn + 16 * j]; }
      }
    }
  }
  if (isPast(workgroup)) { return; }
  for (var i = 0; i < 16; i++) {
    let row = firstRow + ownRow + 16 * (i / 4);
    let column = firstColumn + ownColumn + 16 * (i % 4);
    if (row >= uniforms.rows || column >= uniforms.columns) { continue; }
    let sum = sums[i];
    ${write}
  }
}`;
}
