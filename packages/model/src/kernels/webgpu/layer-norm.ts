/** The parts of layer norm: mean and deviation of rows, what is made of them on the way into a product, and the way back. */
import { runProgram, sumAcross } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { columnSums, type Target } from "./column-sums";

const workgroupSize = 64;

/** What is normalised: one tensor, or two side by side. */
export interface Normed {
  /** `x`, or `x` and `other`, `[rows, width]` or half as wide each. */
  inputs: Record<string, TensorInfo>;
  width: number;
}

/** WGSL: `fn xAt(row: i32, column: i32) -> f32`. */
export const readX = ({ inputs }: Normed): string =>
  "other" in inputs
    ? `
fn xAt(row: i32, column: i32) -> f32 {
  let half = uniforms.width / 2;
  if (column < half) { return x[row * half + column]; }
  return other[row * half + column - half];
}`
    : "fn xAt(row: i32, column: i32) -> f32 { return x[row * uniforms.width + column]; }";

/** WGSL: `fn unit(row: i32, column: i32) -> f32`, of mean 0 and deviation 1 in every row. Needs `statistics`. */
export const readUnit = (normed: Normed): string => `${readX(normed)}
fn unit(row: i32, column: i32) -> f32 {
  return (xAt(row, column) - statistics[2 * row]) * statistics[2 * row + 1];
}`;

/** WGSL: `fn normalized(row: i32, column: i32) -> f32`. Needs `statistics`, `scale` and `bias`. */
export const readNormalized = (normed: Normed): string => `${readUnit(normed)}
fn normalized(row: i32, column: i32) -> f32 { return unit(row, column) * scale[column] + bias[column]; }`;

const kindOf = ({ inputs }: Normed) => ("other" in inputs ? "both" : "one");

/** `[rows, 2]`: mean and one over the deviation. */
export function rowStatistics(
  backend: KernelBackend,
  normed: Normed,
  { rows, epsilon }: { rows: number; epsilon: number },
): TensorInfo {
  return runProgram(backend, {
    key: `rowStatistics_${kindOf(normed)}`,
    inputs: normed.inputs,
    output: { shape: [rows, 2], dtype: "float32" },
    integers: { width: normed.width },
    floats: { epsilon },
    workgroups: rows,
    workgroupSize,
    code: `${readX(normed)}${sumAcross(workgroupSize)}
fn run(workgroup: i32, thread: i32) {
  var sum = 0.0;
  for (var d = thread; d < uniforms.width; d += ${workgroupSize}) { sum += xAt(workgroup, d); }
  let mean = sumAcross(sum) / f32(uniforms.width);
  var squares = 0.0;
  for (var d = thread; d < uniforms.width; d += ${workgroupSize}) {
    let away = xAt(workgroup, d) - mean;
    squares += away * away;
  }
  let variance = sumAcross(squares) / f32(uniforms.width);
  if (thread > 0 || isPast(workgroup)) { return; }
  result[2 * workgroup] = mean;
  result[2 * workgroup + 1] = inverseSqrt(variance + uniforms.epsilon);
}`,
  });
}

export interface NormGrad {
  normed: Normed;
  rows: number;
  statistics: TensorInfo;
  scale: TensorInfo;
  /** Gradient of what the norm made of the rows from `firstRow` on, `[count, width]`. */
  dNormalized: TensorInfo;
  firstRow?: number;
}

/**
 * Gradient of x, or of one of the two: `(g - mean(g) - u mean(g u)) / deviation` with `g = dNormalized * scale`, u the unit row.
 *
 * @param options.firstColumn of the columns that are written, as many as the output is wide
 */
export function normGrad(
  backend: KernelBackend,
  { normed, rows, statistics, scale, dNormalized, firstRow = 0 }: NormGrad,
  {
    output,
    firstColumn = 0,
    columns = normed.width,
    adds = false,
  }: { output: Target; firstColumn?: number; columns?: number; adds?: boolean },
): TensorInfo {
  return runProgram(backend, {
    key: `normGrad_${kindOf(normed)}`,
    inputs: { ...normed.inputs, statistics, scale, dNormalized },
    output: "dataId" in output ? output : { shape: output.shape, dtype: "float32" },
    integers: { width: normed.width, firstRow, firstColumn, columns, adds: Number(adds) },
    workgroups: rows,
    workgroupSize,
    code: `${readUnit(normed)}${sumAcross(workgroupSize)}
fn run(workgroup: i32, thread: i32) {
  let row = uniforms.firstRow + workgroup;
  var sum = 0.0;
  var along = 0.0;
  for (var d = thread; d < uniforms.width; d += ${workgroupSize}) {
    let g = dNormalized[workgroup * uniforms.width + d] * scale[d];
    sum += g;
    along += g * unit(row, d);
  }
  let mean = sumAcross(sum) / f32(uniforms.width);
  let slope = sumAcross(along) / f32(uniforms.width);
  if (isPast(workgroup)) { return; }
  for (var i = thread; i < uniforms.columns; i += ${workgroupSize}) {
    let d = uniforms.firstColumn + i;
    let g = dNormalized[workgroup * uniforms.width + d] * scale[d];
    let pulled = (g - mean - unit(row, d) * slope) * statistics[2 * row + 1];
    let at = row * uniforms.columns + i;
    if (uniforms.adds == 1) { result[at] += pulled; } else { result[at] = pulled; }
  }
}`,
  });
}

/** Gradients of the norm's scale and bias, `[width]` each, new or added to those that are given. */
export function scaleAndBiasGrad(
  backend: KernelBackend,
  { normed, rows, statistics, dNormalized, firstRow = 0 }: NormGrad,
  before?: readonly [TensorInfo, TensorInfo],
): [TensorInfo, TensorInfo] {
  const { width } = normed;
  const shared = { rows, columns: width, adds: before !== undefined };
  return [
    columnSums(backend, {
      ...shared,
      key: `dScale_${kindOf(normed)}`,
      inputs: { ...normed.inputs, statistics, dNormalized },
      integers: { width, firstRow },
      code: `${readUnit(normed)}
fn number(row: i32, column: i32) -> f32 {
  return dNormalized[row * uniforms.width + column] * unit(uniforms.firstRow + row, column);
}`,
      output: before?.[0] ?? { shape: [width] },
    }),
    sumRows(backend, dNormalized, { ...shared, output: before?.[1] ?? { shape: [width] } }),
  ];
}

/** Sums of the rows from `firstRow` on. */
export function sumRows(
  backend: KernelBackend,
  tensor: TensorInfo,
  {
    firstRow = 0,
    ...sums
  }: { rows: number; columns: number; firstRow?: number; output: Target; adds?: boolean },
): TensorInfo {
  return columnSums(backend, {
    ...sums,
    key: "rows",
    inputs: { tensor },
    integers: { firstRow },
    code: `fn number(row: i32, column: i32) -> f32 {
  return tensor[(uniforms.firstRow + row) * uniforms.columns + column];
}`,
  });
}
